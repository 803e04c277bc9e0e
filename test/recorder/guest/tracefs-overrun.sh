# Storms of trace events: each page is described by its header, how many events of which time delta it has, and what lies behind them.
T=/sys/kernel/tracing; mount -t tracefs t $T
mkdir $T/instances/r; cd $T/instances/r
H=/sys/devices/system/memory/hard_offline_page
echo ras:memory_failure_event > set_event
storm() { taskset 1 sh -c 'i=0; while [ $i -lt '$1' ]; do echo 0x30000000 > '$H'; i=$((i+1)); done' 2>/dev/null; }
echo "== overwrite"; echo uptime > trace_clock; echo 1 > buffer_size_kb; storm 400; cat per_cpu/cpu0/stats; head -15 trace; grep -c . trace; grep '#####' trace
/trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 4; cat per_cpu/cpu0/stats
echo "== lost in trace_pipe"; storm 400; head -c 300 per_cpu/cpu0/trace_pipe; cat per_cpu/cpu0/stats; echo > trace; cat per_cpu/cpu0/stats
echo "== partial"; storm 5;  /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 60 3; /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 3; storm 2; /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 20 2;/trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 2; cat per_cpu/cpu0/stats
echo "== nooverwrite"; echo nooverwrite > trace_options; echo > trace; storm 400; cat per_cpu/cpu0/stats;  /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 4; cat per_cpu/cpu0/stats; storm 5; /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 4; cat per_cpu/cpu0/stats; echo overwrite > trace_options
echo "== extend"; echo local > trace_clock; storm 1; sleep 1; storm 2; sleep 1; storm 1; cat trace | tail -4; cat per_cpu/cpu0/stats; /trace-file rdnb per_cpu/cpu0/trace_pipe_raw 4096 1; cat per_cpu/cpu0/stats
echo "== watermark"; echo 50 > buffer_percent; echo uptime > trace_clock; for n in 144 1 1 145 1 ; do storm $n; /trace-file poll per_cpu/cpu0/trace_pipe_raw 100; done; echo 12 > buffer_size_kb; echo > trace;  for n in 145 1 145 1 144 1 1 145 145 145; do storm $n; /trace-file poll per_cpu/cpu0/trace_pipe_raw 100; done
echo END OF RECORDING
