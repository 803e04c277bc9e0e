# What the caller may do with files below a directory, the argument. Standard input: a line for each, `PATH [HEX]`, where HEX is what to write; what
# was read where it is left out, or 0. Standard output: `PATH READ WRITE HEX`: r or w, `-` for EACCES by open(2), `!ERRNO` with its number for
# another answer; what was written.
use strict;
use warnings;
use Errno qw(EACCES);
use Fcntl qw(O_RDONLY O_WRONLY);

chdir $ARGV[0] or die "$ARGV[0]: $!";
sub may {
    my ($path, $flags, $letter, $call) = @_;
    sysopen(my $handle, $path, $flags) or return $! == EACCES ? '-' : '!' . ($! + 0);
    return defined $call->($handle) ? $letter : '!' . ($! + 0);
}
while (<STDIN>) {
    chomp;
    my ($path, $hex) = split / /;
    my $bytes = '0';
    my $reads = may($path, O_RDONLY, 'r', sub { sysread($_[0], $bytes, 65536) });
    $bytes = pack('H*', $hex) if defined $hex;
    print "$path $reads ", may($path, O_WRONLY, 'w', sub { syswrite($_[0], $bytes) }), ' ', unpack('H*', $bytes), "\n";
}
