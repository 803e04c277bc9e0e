sysseq / </operations && echo END OF RECORDING
