# Writes to a file of a mount by the call, and tells what came of each kind of call: `COUNT RESULT`, a line each, RESULT an errno or "ok".
# Arguments: what to do, the file, numbers. perl itself buffers nothing with syswrite.
use strict; use warnings; use Fcntl; use Errno;
my ($what, $path, @numbers) = @ARGV;
my %count;
sub result { my ($done) = @_; my $name = defined $done ? 'ok' : (grep { $!{$_} } keys %!)[0]; $count{$name}++; return $name; }
my %do = (
  # One write(2) after another of so many bytes without a newline, N MiB in all; a new file description where a write is refused.
  'no-newline' => sub {
    my ($mib, $size) = @_;
    my $piece = 'A' x $size;
    sysopen(my $file, $path, O_WRONLY) or die "$path: $!";
    for (1 .. $mib * 1048576 / $size) { result(syswrite($file, $piece)); }
    close $file;
  },
  # So many lines of one command, as many a write as fit its size.
  'lines' => sub {
    my ($lines, $size) = @_;
    sysopen(my $file, $path, O_WRONLY) or die "$path: $!";
    my $line = "wait 0\n";
    my $batch = int($size / length $line);
    for (my $left = $lines; $left > 0; $left -= $batch) { result(syswrite($file, $line x ($left < $batch ? $left : $batch))); }
  },
  # So many lines made of a text in which %d is the number of the line, and %s so many processes; as many a write as fit its size.
  'numbered' => sub {
    my ($lines, $size, $processes, $text) = @_;
    my $mapped = join ',', map { "p$_:$_" } 1 .. $processes;
    sysopen(my $file, $path, O_WRONLY) or die "$path: $!";
    my $batch = '';
    for my $n (1 .. $lines) {
      (my $line = "$text\n") =~ s/%d/$n * 2/e; $line =~ s/%s/$mapped/;
      if (length($batch) + length $line > $size) { result(syswrite($file, $batch)); $batch = ''; }
      $batch .= $line;
    }
    result(syswrite($file, $batch));
  },
  # Random bytes in writes of random lengths up to so many, short ones mostly, at random positions, by a seed.
  'random' => sub {
    my ($bytes, $most, $seed) = @_;
    srand $seed;
    sysopen(my $file, $path, O_WRONLY) or die "$path: $!";
    my $left = $bytes;
    while ($left > 0) {
      my $length = int $most ** rand; $length = $left if $length > $left;
      my $data = pack 'C*', map { int rand 256 } 1 .. $length;
      $data = join '', map { chr(48 + int rand 10) } 1 .. $length if rand() < 0.2;
      sysseek($file, int rand 64, 0) if rand() < 0.1;
      result(syswrite($file, $data));
      $left -= $length;
    }
  },
  # Opens the file so many times and keeps it open, by processes that each may open so many; when all are open they are read, and then closed.
  'open' => sub {
    my ($times, $each) = @_;
    pipe(my $results, my $tells) or die; pipe(my $gate, my $opens) or die; pipe(my $readies, my $ready) or die;
    my @pids;
    for (my $left = $times; $left > 0; $left -= $each) {
      my $pid = fork // die "fork: $!";
      if ($pid) { push @pids, $pid; next; }
      close $opens;
      my @files;
      for (1 .. ($left < $each ? $left : $each)) { my $done = sysopen(my $file, $path, O_RDONLY); result($done ? 1 : undef); push @files, $file if $done; }
      syswrite $ready, '.'; sysread $gate, my $nothing, 1;
      for (@files) { $count{'read'}++ if sysread($_, my $text, 100) }
      syswrite $tells, join('', map { "$_ $count{$_}\n" } keys %count);
      exit;
    }
    close $tells;
    for (@pids) { sysread $readies, my $dot, 1; }
    close $opens;
    while (my $line = <$results>) { my ($name, $times) = split ' ', $line; $count{$name} += $times; }
    waitpid $_, 0 for @pids;
  },
);
$do{$what}->(@numbers);
print "$count{$_} $_\n" for sort keys %count;
