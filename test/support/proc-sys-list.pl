# Every file below a mounted /proc/sys, the argument, as the recorder (recorder/guest/sysctl-list.c) lists them: a line each, `F PATH MODE VALUE`.
# A value has tabs and newlines escaped, and is `!` and the errno's number where reading fails. Reading vm/stat_refresh is an order: it is left out.
use strict;
use warnings;
use Fcntl qw(O_RDONLY);
use File::Find;

chdir $ARGV[0] or die "$ARGV[0]: $!";
sub value {
    my ($path) = @_;
    return '' if $path eq 'vm/stat_refresh';
    sysopen(my $handle, $path, O_RDONLY) or return '!' . ($! + 0);
    defined sysread($handle, my $bytes, 65536) or return '!' . ($! + 0);
    $bytes =~ s/\\/\\\\/g;
    return $bytes =~ s/\n/\\n/gr =~ s/\t/\\t/gr;
}
find({ no_chdir => 1, wanted => sub {
    my $mode = (lstat $_)[2];
    printf "F %s %04o %s\n", substr($_, 2), $mode & 07777, value(substr $_, 2) if -f _;
} }, '.');
