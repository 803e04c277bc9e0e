sysseq /proc/sys/vm </operations && echo END OF RECORDING
