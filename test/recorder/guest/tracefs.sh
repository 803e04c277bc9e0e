#!/bin/sh
# What made tracefs.RELEASE.txt: runs on a machine of the kernel, with trace-file (trace-file.c) and mfcases (memory-failure-cases.c) in /. The
# recordings of 6.12 and 6.1 have only the sections that differ: trace_options, the formats, and what follows `== EVENTS`.
# With the argument `storms` it makes tracefs-overrun.7.3.txt, in which each page is described: its header, how many events of which time delta, and
# what lies behind them.
mount -t tmpfs t /tmp; mount -t ext4 /dev/vda /mnt
T=/sys/kernel/tracing; mount -t tracefs t $T
if [ "$1" = storms ]; then
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
exit
fi
cd $T
sh_() { echo "> $*"; (eval "$*") 2>&1; echo "rc $?"; }
echo "== modes"; find . -maxdepth 1 -exec stat -c '%F %a %s %h %n' {} \; ; find per_cpu events/ras events/mce -exec stat -c '%F %a %s %h %n' {} \; ; stat -c '%F %a %s %h %n' events events/enable events/header_page events/header_event events/ftrace events/*/ 2>/dev/null| head -20; ls events | tr '\n' ' '; echo
for f in README available_tracers available_events_ trace_clock trace_options saved_cmdlines saved_cmdlines_size buffer_size_kb buffer_total_size_kb buffer_percent buffer_subbuf_size_kb current_tracer tracing_on set_event set_event_pid tracing_cpumask timestamp_mode trace saved_tgids error_log tracing_thresh max_graph_depth stack_max_size dynamic_events kprobe_events uprobe_events synthetic_events snapshot set_ftrace_filter set_ftrace_notrace set_ftrace_pid set_graph_function show_event_filters show_event_triggers syscall_user_buf_size enabled_functions events/enable events/header_page events/header_event events/ras/enable events/ras/filter events/ras/mc_event/enable events/ras/mc_event/filter events/ras/mc_event/trigger events/ras/mc_event/hist events/mce/mce_record/id per_cpu/cpu0/stats per_cpu/cpu0/trace per_cpu/cpu0/buffer_size_kb per_cpu/cpu0/snapshot; do echo "== cat $f"; cat $f 2>&1; done
for o in options/*; do echo "$o $(cat $o) $(stat -c %a $o)"; done
for e in ras/memory_failure_event ras/mc_event ras/aer_event ras/extlog_mem_event ras/non_standard_event ras/arm_event mce/mce_record ftrace/print memory_failure/memory_failure_event; do echo "== format $e"; cat events/$e/format 2>&1; done
echo "== available"; grep -E 'ras:|mce:|memory_failure' available_events
echo "== instance"; mkdir instances/r; cd instances/r; find . -maxdepth 1 -exec stat -c '%F %a %s %h %n' {} \; ; find per_cpu/cpu1 events/ras -exec stat -c '%F %a %s %h %n' {} \; 
for f in trace_options buffer_size_kb buffer_total_size_kb buffer_percent current_tracer tracing_on set_event trace per_cpu/cpu0/stats per_cpu/cpu0/buffer_size_kb available_tracers trace_clock; do echo "== cat $f"; cat $f 2>&1; done
for o in options/*; do echo "$o $(cat $o) $(stat -c %a $o)"; done
echo "== errnos"
sh_ 'mkdir ../r'; sh_ 'mkdir ../../events/q'; sh_ 'mkdir x'; sh_ 'mkdir ../../q'; sh_ 'rmdir per_cpu'; sh_ 'rmdir ../../per_cpu'; sh_ 'rmdir ..'; sh_ 'rm trace'; sh_ 'touch foo'; sh_ 'mv trace trace2'; sh_ 'ln -s a b'; sh_ 'chmod 600 trace'; sh_ 'stat -c %a trace'; sh_ 'rmdir ../nix'; sh_ 'rmdir trace' ; sh_ 'mkdir ../r/..'; sh_ 'mkdir ../r/a/b'; sh_ 'mkdir ../.a'; sh_ 'rmdir ../.a'
w() { echo "> write $1 '$2' $3"; /trace-file write $1 "$(printf "$2")" $3; }
for s in 'ras:mc_event' 'ras:mc_event\n' 'mc_event' 'ras:' 'ras' ':mc_event' 'ras:*' '*:mc_event' 'nix' 'ras:nix' '!ras:mc_event' '!ras:nix' '!nix' 'ras:mc_event mce:mce_record' 'ras:mc_event mce:nix' 'mce:*_record' 'r*:*' '' ' ' 'ras:mc_event\nras:nix\n' 'RAS:mc_event'; do w set_event '!ras:*'; w set_event '!mce:*'; w set_event "$s" a; grep -E '^(ras|mce):' set_event | tr '\n' ' '; echo; done
echo > set_event; w set_event 'ras:mc_event' ; w set_event 'mce:mce_record'; cat set_event; w set_event 'ras:aer_event' t; cat set_event; echo '---'; cat events/ras/enable events/enable events/mce/enable
for s in 1 0 2 -1 x '' ' 1' '1x' 01 '1\n' y on; do w events/ras/mc_event/enable "$s"; cat events/ras/mc_event/enable; done
for s in 1 0 2 x; do w events/ras/enable "$s"; cat events/ras/enable; done
for s in 1 0 2 x; do w events/mce/enable "$s"; cat events/enable; done

for s in uptime local 'local\n' ' global' 'global ' nix '' 'mono\0x' tai 'x86-tsc' counter; do w trace_clock "$s"; cat trace_clock; done
for s in 0 1 2 -1 5 x '' '0\n' ' 1' 10; do w tracing_on "$s"; cat tracing_on; done
for s in 0 101 50 100 1 x ''; do w buffer_percent "$s"; cat buffer_percent; done
w buffer_percent 50
for s in 0 1 4 8 12 13 100 1408 x '' -1 ; do w buffer_size_kb "$s"; cat buffer_size_kb buffer_total_size_kb; done
w per_cpu/cpu0/buffer_size_kb 16; cat buffer_size_kb per_cpu/cpu0/buffer_size_kb per_cpu/cpu1/buffer_size_kb buffer_total_size_kb; w buffer_size_kb 1408; cat buffer_size_kb
for s in nop nix '' 'nop\n' function; do w current_tracer "$s"; cat current_tracer; done; w current_tracer nop
for s in 'error_type == 1' 'error_type==1&&mc_index==0' 'nix == 1' 'error_type ==' '0' '1' 'msg == "abc"' 'msg ~ "ab*"' 'label ~ "*x"' '(error_type == 1 || error_type > 3) && address & 0xff' 'error_type == "x"' 'common_pid != 0' 'error_type & 1' '!(error_type == 1)' 'error_type' 'error_type == 1 )' '(error_type == 1' '' 'none' 'error_count >= 0x10' 'top_layer < -1' 'msg > 1' 'CPU == 0' 'COMM == "sh"' 'comm == x' 'msg != abc' '    error_type   ==  1  \n' 'grain_bits == 0777' 'address == 99999999999999999999' 'error_type=1' 'cpu==1' 'error_type == 1 and mc_index == 2'; do w events/ras/mc_event/filter "$s"; cat events/ras/mc_event/filter; done; w events/ras/mc_event/filter 0
w events/ras/filter 'error_type == 1'; cat events/ras/filter events/ras/mc_event/filter events/ras/aer_event/filter;  w events/ras/filter 'nix == 1'; cat events/ras/filter events/ras/mc_event/filter; w events/ras/filter 0; cat events/ras/filter events/ras/mc_event/filter; cat ../../error_log error_log
for s in overwrite nooverwrite nix raw noraw bin hex nohex 'print-parent' context-info nocontext-info record-cmd 'record-tgid' irq-info noirq-info block noblock disable_on_free stacktrace nostacktrace '' 'raw hex'; do w trace_options "$s"; grep -E "$(echo $s | sed s/^no//)\$" trace_options | tr '\n' ' '; done; cat trace_options | tr '\n' ' '; cat options/overwrite; w options/overwrite 0; cat options/overwrite; w options/overwrite 2; w options/overwrite x; w options/overwrite 1
w trace_options nobin; w trace_options noraw; w trace_options nohex; w trace_options noprint-parent;w trace_options context-info; w trace_options irq-info; w trace_options norecord-tgid;w trace_options noblock; w trace_options nodisable_on_free
for s in x 0 1; do w tracing_cpumask "$s"; cat tracing_cpumask; done; w tracing_cpumask 3
for f in events/ras/mc_event/format events/ras/mc_event/id events/header_page per_cpu/cpu0/stats available_tracers; do w $f x; done
sh_ 'cat trace_marker'; sh_ 'cat events/ras/mc_event/nix'; sh_ 'dd if=trace bs=10 count=1'; 
echo "== EVENTS"
echo uptime > trace_clock; w set_event 'ras:memory_failure_event'
for c in anon-dirty buddy file-clean; do mfcases hard $c; done
echo "--- trace"; cat trace; echo "--- stats"; cat per_cpu/cpu0/stats per_cpu/cpu1/stats
echo "--- poll"; for c in 0 1; do /trace-file poll per_cpu/cpu$c/trace_pipe_raw 300;  /trace-file poll per_cpu/cpu$c/trace_pipe 300; /trace-file poll per_cpu/cpu$c/trace 300; done;  /trace-file poll trace_pipe 300; echo 0 > buffer_percent; for c in 0 1; do /trace-file poll per_cpu/cpu$c/trace_pipe_raw 300; done
echo "--- busy"; (sleep 3 < per_cpu/cpu0/trace_pipe_raw) & sleep 1; sh_ 'rmdir ../r'; wait
echo "--- raw"; for c in 0 1; do /trace-file rdnb per_cpu/cpu$c/trace_pipe_raw 4096 3; /trace-file read per_cpu/cpu$c/trace_pipe_raw 4096; cat per_cpu/cpu$c/stats; done; cat trace
echo "--- pipe"; cat ../../saved_cmdlines | tail -3;  mfcases hard buddy | grep -c . ; /trace-file rdnb trace_pipe 4096 4; /trace-file read trace_pipe 4096 2;  cat trace; cat per_cpu/cpu*/stats
cat /proc/mounts | grep trac
echo ENDR
