# The formats of events that the model does not raise, and that tools look for.
T=/sys/kernel/tracing; mount -t tracefs t $T; cd $T/events
for e in net/net_dev_xmit_timeout devlink/devlink_health_report block/block_rq_error block/block_rq_complete cxl/*/; do
  [ ! -e $e/format ] || { echo "== format ${e%/}"; cat $e/format; }
done
echo END OF RECORDING
