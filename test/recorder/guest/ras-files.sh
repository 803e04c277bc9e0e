for module in /more-modules/*.ko; do insmod $module; done
[ ! -e /ghes_edac.ko ] || insmod /ghes_edac.ko
sysseq / </operations && echo END OF RECORDING
