sysctl-list && echo END OF RECORDING
