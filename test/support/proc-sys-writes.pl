# Makes recorded writes in a mounted /proc/sys as the recorder (recorder/guest/sysctl-all.c) did: open O_WRONLY|O_TRUNC, one write, close; then
# shows what differs, and writes back what it was. Arguments: the directory, and the log of the machine. Standard input, texts in hexadecimal:
#   file PATH KEEPS WATCHED...     the file of the next writes; the files it changes. KEEPS is 1 where nothing is to be written back
#   try AT ALL TEXT                `-` is no text: a write at a position; ALL is 1 to look at all files, not only at those that are watched
# Standard output: `pid PID`, then a line for each file, `PATH VALUE`, and one for each write: `RESULT BEFORE VALUE LOG [OTHER=VALUE]...`. A value is
# in hexadecimal, `!ERRNO` with its number where the call fails, `-` where it has no bytes, `=` where nobody may read it.
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_WRONLY O_TRUNC O_NONBLOCK SEEK_SET SEEK_END);
use File::Find;

$0 = 'sysctl-all';
my ($directory, $log_file) = @ARGV;
chdir $directory or die "$directory: $!";
# Of /dev/kmsg only what comes from now on, a record for each read.
sysopen(my $log, $log_file, O_RDONLY | O_NONBLOCK) or die "$log_file: $!";
sysseek($log, 0, SEEK_END) if $log_file =~ m{/kmsg$};

sub errno { return '!' . ($! + 0); }
sub shown { my ($bytes) = @_; return length $bytes ? unpack('H*', $bytes) : '-'; }
sub bytes { my ($shown) = @_; return $shown eq '-' ? '' : pack('H*', $shown); }

my (@files, %handle, %known);
sub value {
    my ($path) = @_;
    my $handle = $handle{$path};
    if (!defined $handle) {
        sysopen($handle, $path, O_RDONLY) or return errno();
        $handle{$path} = $handle;
    }
    sysseek($handle, 0, SEEK_SET);
    my $count = sysread($handle, my $bytes, 65536);
    return defined $count ? shown($bytes) : errno();
}

sub put {
    my ($path, $at, $bytes) = @_;
    sysopen(my $handle, $path, O_WRONLY | O_TRUNC) or return errno();
    sysseek($handle, $at, SEEK_SET) if $at;
    my $count = syswrite($handle, $bytes);
    return defined $count ? $count : errno();
}

sub new_lines {
    my $text = '';
    while (sysread($log, my $bytes, 65536)) { $text .= $bytes; }
    return shown($text);
}

print "pid $$\n";
find({ no_chdir => 1, wanted => sub {
    my $mode = (lstat $_)[2];
    push @files, substr($_, 2) if -f _ && $mode & 0400 && !m{/random/uuid$|/ns_last_pid$};
} }, '.');
@files = sort @files;
$known{$_} = value($_) for @files;

my ($file, $keeps, $readable, @watched);
while (my $line = <STDIN>) {
    chomp $line;
    my ($command, @words) = split / /, $line;
    if ($command eq 'file') {
        ($file, $keeps, @watched) = @words;
        $readable = ((lstat $file)[2] // 0) & 0400;
        $known{$_} = value($_) for grep { !exists $known{$_} } @watched, $readable ? $file : ();
        new_lines();
        print "$file ", $readable ? $known{$file} : '=', "\n";
        next;
    }
    my ($at, $all, $hex) = @words;
    my $before = $readable ? $known{$file} : '=';
    my $answer = put($file, $at, bytes($hex));
    my %now = map { ($_ => value($_)) } $all ? @files : @watched, $readable ? $file : ();
    my @differing = grep { $now{$_} ne $known{$_} } sort keys %now;
    print join(' ', $answer, $before, $readable ? $now{$file} : '=', new_lines(), map { "$_=$now{$_}" } grep { $_ ne $file } @differing), "\n";
    if (!$keeps) {
        for my $pass (1 .. 3) {
            my @left = grep { value($_) ne $known{$_} } @differing or last;
            put($_, 0, bytes($known{$_})) for grep { $known{$_} !~ /^!/ } @left;
        }
        new_lines() if @differing;
    }
    $known{$_} = value($_) for @differing;
}
