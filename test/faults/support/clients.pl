# Many clients at once: so many processes open, read, write, poll and wait for records at the same time, each of them several times. Tells what came of
# it: `COUNT RESULT`, a line each. Arguments: the mount, how many, how many rounds each.
use strict; use warnings; use Fcntl qw(:DEFAULT :seek); use IO::Poll qw(POLLIN); use IO::Handle;
my ($mount, $clients, $rounds) = @ARGV;
my $kmsg = "$mount/dev/kmsg";
sub slurp { my ($path) = @_; sysopen(my $file, $path, O_RDONLY) or return "open: $!"; defined sysread($file, my $text, 65536) or return "read: $!"; return $text; }
sub put { my ($path, $text) = @_; sysopen(my $file, $path, O_WRONLY) or return "open: $!"; return syswrite($file, $text) // "write: $!"; }
# Waits for a record with a word in it.
sub await_record {
  my ($file, $polls) = @_;
  for (;;) {
    if ($polls) { my $poll = IO::Poll->new; $poll->mask($file => POLLIN); $poll->poll(60) > 0 or return 'poll: nothing'; }
    my $read = sysread($file, my $text, 8192);
    next if !defined $read && $!{EPIPE};
    defined $read or return "read: $!";
    return 'ok' if $text =~ /;go\n/;
  }
}
my @kinds = (
  sub { my $text = slurp("$mount/proc/sys/vm/swappiness"); $text eq "60\n" ? 'ok' : "swappiness: $text" },
  sub { my ($n) = @_; my $line = "log client $n\n"; my $done = put("$mount/control", $line); $done eq length $line ? 'ok' : "control: $done" },
  sub { my $text = slurp("$mount/proc/vmstat"); $text =~ /^nr_free_pages \d+\n/ ? 'ok' : "vmstat: $text" },
  sub { my $done = put("$mount/proc/sys/vm/laptop_mode", "5\n"); $done eq 2 ? 'ok' : "laptop_mode: $done" },
  sub { my $done = put("$mount/proc/sys/vm/swappiness", "999\n"); $done eq 'write: Invalid argument' ? 'ok' : "wrong: $done" },
);
pipe(my $gate, my $opens) or die; pipe(my $answers, my $tells) or die; pipe(my $readies, my $ready) or die;
my @pids;
for my $n (1 .. $clients) {
  my $pid = fork // die "fork: $!";
  if ($pid) { push @pids, $pid; next; }
  close $opens;
  my $waits = -e $kmsg && $n % 4 == 0;
  my $file; if ($waits) { sysopen($file, $kmsg, O_RDONLY) or do { syswrite $tells, "kmsg: $!\n"; exit }; sysseek($file, 0, SEEK_END); }
  syswrite $ready, '.';
  sysread $gate, my $nothing, 1;
  my $result = $waits ? await_record($file, $n % 8 == 0) : 'ok';
  for my $round (1 .. ($waits ? 0 : $rounds)) { my $done = $kinds[($n + $round) % @kinds]->($n); $result = $done if $done ne 'ok'; }
  syswrite $tells, ($waits ? 'woken ' : 'served ') . substr($result, 0, 100) . "\n";
  exit;
}
close $gate; close $tells;
for (1 .. $clients) { sysread $readies, my $dot, 1; }
close $opens;
# The readers wait by now, or will find it when they begin.
select undef, undef, undef, 0.5;
put($kmsg, "<4>go\n") if -e $kmsg;
my %count; while (my $line = <$answers>) { chomp $line; $count{$line}++; }
waitpid $_, 0 for @pids;
print "$count{$_} $_\n" for sort keys %count;
