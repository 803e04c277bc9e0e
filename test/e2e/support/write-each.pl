# Does each write of a recording to a file of a mount, as the recorder did: open O_WRONLY|O_TRUNC, one write(2), close; then reads the value and
# writes the first one back. Argument: the file; standard input: the bytes to write in hex, one write a line; standard output: for each the bytes
# written or the errno, a blank, the value afterwards in hex. In perl, since Node writes on after a short write, and perl stands on every Debian.
use strict;
use warnings;
use Errno qw(EINVAL);
use Fcntl qw(O_RDONLY O_WRONLY O_TRUNC);

my ($file) = @ARGV;

sub once {
    my ($bytes) = @_;
    sysopen(my $handle, $file, O_WRONLY | O_TRUNC) or return 'E' . ($! + 0);
    my $written = syswrite($handle, $bytes, length $bytes);
    return defined $written ? $written : $! == EINVAL ? 'EINVAL' : 'E' . ($! + 0);
}

sub value {
    sysopen(my $handle, $file, O_RDONLY) or return '';
    sysread($handle, my $bytes, 65536);
    return $bytes;
}

my $first = value();
while (my $line = <STDIN>) {
    chomp $line;
    my $ret = once(pack 'H*', $line);
    print $ret, ' ', unpack('H*', value()), "\n";
    once($first);
}
