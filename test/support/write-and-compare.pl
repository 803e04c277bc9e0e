# Does each write of sysctl-writes in a directory as the recorder did: open O_WRONLY|O_TRUNC, one write(2), close; then compares every file that
# can be read with what it was, and restores what differs. Argument: the directory; standard input: lines `try FILE HEX` (`-` for no bytes);
# standard output: for each the line, ` => `, the bytes written or the errno, and the changed files by name as sysseq.c prints them.
# Apart from sysseq.c only because that opens 200 files for each such line: here they are kept open.
use strict;
use warnings;
use Errno;
use Fcntl qw(O_RDONLY O_WRONLY O_TRUNC SEEK_SET);

my ($directory) = @ARGV;
$| = 1;

sub value {
    my ($handle) = @_;
    sysseek($handle, 0, SEEK_SET) or die "sysseek: $!";
    my $count = sysread($handle, my $bytes, 512);
    return defined $count ? $bytes : "unreadable: $!";
}

sub once {
    my ($name, $flags, $bytes) = @_;
    my $written;
    if (sysopen(my $handle, "$directory/$name", $flags)) { $written = syswrite($handle, $bytes, length $bytes); }
    return $written if defined $written;
    my ($error) = grep { $!{$_} } sort keys %!;
    return $error;
}

my (%handle, %first);
opendir(my $listing, $directory) or die "$directory: $!";
for my $name (sort readdir $listing) {
    next if $name =~ /^\./ || $name eq 'stat_refresh';
    sysopen(my $handle, "$directory/$name", O_RDONLY) or next;
    $handle{$name} = $handle;
    $first{$name} = value($handle);
}

while (my $line = <STDIN>) {
    chomp $line;
    my (undef, $name, $hex) = split / /, $line;
    my $answer = once($name, O_WRONLY | O_TRUNC, $hex eq '-' ? '' : pack('H*', $hex));
    my @differ;
    for my $pass (0 .. 3) {
        my @now;
        for my $other (sort keys %first) {
            my $value = value($handle{$other});
            push @now, [$other, $value] if $value ne $first{$other};
        }
        @differ = @now if $pass == 0;
        last if !@now;
        once($_->[0], O_WRONLY, $first{$_->[0]}) for @now;
    }
    for my $difference (@differ) {
        my ($other, $value) = @$difference;
        $value =~ tr/\n//d;
        $value =~ tr/\t /,/;
        $answer .= " $other=$value";
    }
    print "$line => $answer\n";
}
