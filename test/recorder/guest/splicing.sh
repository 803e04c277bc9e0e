mkdir -p /tmp && mount -t tmpfs tmp /tmp && splicing '' < /script.txt && echo END OF RECORDING
