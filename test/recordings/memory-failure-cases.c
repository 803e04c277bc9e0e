#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <stdint.h>
#include <signal.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#ifndef MADV_SOFT_OFFLINE
#undef MADV_HWPOISON
#define MADV_HWPOISON 100
#define MADV_SOFT_OFFLINE 101
#endif
static int kmsg=-1;
static void drain(const char*tag){ char b[8192]; long n; for(;;){ n=read(kmsg,b,sizeof b-1); if(n<0){ if(errno==EPIPE)continue; break;} b[n]=0; char*nl=strchr(b,'\n'); if(nl)*nl=0; char*m=strchr(b,';'); if(tag) printf("  kmsg %.*s | %s\n",(int)(m?m-b:0),b,m?m+1:b);} fflush(stdout);} 
static uint64_t rd64(const char*f,uint64_t idx){ int fd=open(f,O_RDONLY); uint64_t v=0; if(fd<0||pread(fd,&v,8,idx*8)!=8)v=~0ULL; close(fd); return v; }
static uint64_t pfn_of(void*a){ uint64_t v=rd64("/proc/self/pagemap",(uintptr_t)a/4096); return (v>>63)? v&((1ULL<<55)-1):0; }
static const char*bits[]={"LOCKED","ERROR","REFERENCED","UPTODATE","DIRTY","LRU","ACTIVE","SLAB","WRITEBACK","RECLAIM","BUDDY","MMAP","ANON","SWAPCACHE","SWAPBACKED","COMPOUND_HEAD","COMPOUND_TAIL","HUGE","UNEVICTABLE","HWPOISON","NOPAGE","KSM","THP","OFFLINE","ZERO_PAGE","IDLE","PGTABLE","27","28","29","30","31","RESERVED","MLOCKED","MAPPEDTODISK","PRIVATE","PRIVATE_2","OWNER_PRIVATE","ARCH","UNCACHED","SOFTDIRTY","ARCH_2"};
static void flagsout(const char*t,uint64_t pfn){ uint64_t v=rd64("/proc/kpageflags",pfn), c=rd64("/proc/kpagecount",pfn); printf("  %s pfn=0x%lx kpageflags=0x%016lx count=%ld",t,(long)pfn,(long)v,(long)c); if(v!=~0ULL) for(int i=0;i<42;i++) if(v>>i&1) printf(" %s",bits[i]); printf("\n"); }
static void stats(const char*t){ printf("  %s",t); const char*n[]={"total","ignored","failed","delayed","recovered"}; for(int i=0;i<5;i++){ char p[128],b[32]={0}; snprintf(p,128,"/sys/devices/system/node/node0/memory_failure/%s",n[i]); int f=open(p,O_RDONLY); if(f>=0){long r=read(f,b,31); if(r>0)b[strcspn(b,"\n")]=0; close(f);} printf(" %s=%s",n[i],b);} FILE*m=fopen("/proc/meminfo","r"); char l[200]; while(m&&fgets(l,200,m)) if(!strncmp(l,"HardwareCorrupted",17)){ l[strcspn(l,"\n")]=0; printf(" %s",l);} if(m)fclose(m); printf("\n"); }
static int inj(const char*how,uint64_t pfn,void*a){ errno=0; int r; if(!strcmp(how,"madv")) r=madvise(a,4096,MADV_HWPOISON); else if(!strcmp(how,"madvsoft")) r=madvise(a,4096,MADV_SOFT_OFFLINE); else { const char*p=!strcmp(how,"hard")?"/sys/devices/system/memory/hard_offline_page":!strcmp(how,"soft")?"/sys/devices/system/memory/soft_offline_page":!strcmp(how,"unpoison")?"/sys/kernel/debug/hwpoison/unpoison-pfn":"/sys/kernel/debug/hwpoison/corrupt-pfn"; char b[64]; int n=snprintf(b,64,"0x%lx\n",(long)((!strcmp(how,"hard")||!strcmp(how,"soft"))?pfn<<12:pfn)); int f=open(p,O_WRONLY); if(f<0){printf("  open %s errno=%d\n",p,errno);return -1;} r=write(f,b,n); int e=errno; close(f); errno=e; } int e=errno; printf("  inject %s ret=%d errno=%d (%s)\n",how,r,r<0?e:0,r<0?strerror(e):"-"); return r; }
static volatile sig_atomic_t gotsig; static sigjmp_buf jb; static volatile int code; static void onbus(int s,siginfo_t*i,void*u){ gotsig=s; code=i->si_code; if(i->si_code==BUS_MCEERR_AR||i->si_code==2) siglongjmp(jb,1); }
static const char*only;
static void start(const char*n){ usleep(20000); drain(0); printf("CASE %s\n",n); fflush(stdout);} 
static void touch_after(volatile char*a){ gotsig=0; if(!sigsetjmp(jb,1)){ char c=*a; (void)c; printf("  access ok\n"); } else printf("  access SIGBUS code=%d\n",code); fflush(stdout);} 
static void doit(const char*name,const char*how,void*a,uint64_t pfn,int touch){ start(name); if(!pfn)pfn=pfn_of(a); flagsout("before",pfn); gotsig=0; inj(how,pfn,a); if(gotsig)printf("  signal %d code=%d\n",gotsig,code); usleep(30000); flagsout("after",pfn); if(touch&&a)touch_after(a); drain("k"); stats("stats"); fflush(stdout);} 
static uint64_t findpfn(int want,int not1,uint64_t from,int skip){ int f=open("/proc/kpageflags",O_RDONLY); uint64_t v,p=from; while(pread(f,&v,8,p*8)==8){ if(v>>want&1 && !(v>>19&1) && !(v>>20&1) && !(v>>16&1) && (not1<0||!(v>>not1&1))) if(skip--<=0){close(f);return p;} p++; } close(f); return 0; }
static void* anon(size_t n,int fl){ char*a=mmap(0,n,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|fl,-1,0); return a==MAP_FAILED?0:a; }
int main(int c,char**v){ const char*how=c>1?v[1]:"hard"; only=c>2?v[2]:0; kmsg=open("/dev/kmsg",O_RDONLY|O_NONBLOCK); lseek(kmsg,0,SEEK_END); struct sigaction sa={.sa_sigaction=onbus,.sa_flags=SA_SIGINFO}; sigaction(SIGBUS,&sa,0); setvbuf(stdout,0,_IOLBF,0);
 #define WANT(x) (!only||!strcmp(only,x))
 if(WANT("anon-dirty")){ char*a=anon(4096,0); memset(a,1,4096); doit("anon-dirty",how,a,0,1);} 
 if(WANT("anon-mlocked")){ char*a=anon(4096,0); memset(a,1,4096); mlock(a,4096); doit("anon-mlocked",how,a,0,1);} 
 if(WANT("anon-shared-fork")){ char*a=anon(4096,0); memset(a,1,4096); pid_t p=fork(); if(!p){pause();_exit(0);} usleep(50000); doit("anon-shared-fork (2 mappers)",how,a,0,1); kill(p,9); waitpid(p,0,0);} 
 if(WANT("zeropage")){ volatile char*a=anon(4096,0); char ch=*a;(void)ch; doit("zero-page","hard"==0?how:"corrupt",0,pfn_of((void*)a),0);} 
 if(WANT("file-clean")){ int f=open("/mnt/clean",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; doit("file-clean (ext4, mapped)",how,a,0,1);} 
 if(WANT("file-clean-private")){ int f=open("/mnt/cleanp",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_PRIVATE,f,0); volatile char ch=a[0];(void)ch; doit("file-clean-private (ext4)",how,a,0,1);} 
 if(WANT("file-dirty")){ int f=open("/mnt/dirty",O_RDWR|O_CREAT,0644); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("file-dirty (ext4, mapped)",how,a,0,1); printf("  fsync ret=%d errno=%d\n",fsync(f),errno);} 
 if(WANT("file-dirty-mlocked")){ int f=open("/mnt/dirtym",O_RDWR|O_CREAT,0644); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); mlock(a,4096); doit("file-dirty-mlocked (ext4)",how,a,0,1);} 
 if(WANT("file-clean-mlocked")){ int f=open("/mnt/cleanm",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); mlock(a,4096); doit("file-clean-mlocked (ext4)",how,a,0,1);} 
 if(WANT("file-unmapped-clean")){ int f=open("/mnt/unm",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; uint64_t p=pfn_of(a); munmap(a,4096); doit("file-unmapped-clean (ext4)",!strcmp(how,"madv")?"hard":how,0,p,0);} 
 if(WANT("shmem-dirty")){ int f=memfd_create("x",0); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("shmem-dirty (memfd)",how,a,0,1);} 
 if(WANT("shmem-clean")){ int f=memfd_create("x",0); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; doit("shmem-clean (memfd)",how,a,0,1);} 
 if(WANT("tmpfs-file")){ int f=open("/tmp/tf",O_RDWR|O_CREAT,0644); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("tmpfs-file (rootfs/tmpfs)",how,a,0,1);} 
 if(WANT("thp")){ char*m=anon(4<<20,0); char*a=(char*)(((uintptr_t)m+(2<<20)-1)&~((2UL<<20)-1)); madvise(a,2<<20,MADV_HUGEPAGE); memset(a,1,2<<20); doit("thp head",how,a,0,1); doit("thp tail",how,a+4096*5,0,1);} 
 if(WANT("thp-tail")){ char*m=anon(4<<20,0); char*a=(char*)(((uintptr_t)m+(2<<20)-1)&~((2UL<<20)-1)); madvise(a,2<<20,MADV_HUGEPAGE); memset(a,1,2<<20); doit("thp-tail first",how,a+4096*7,0,1);} 
 if(WANT("hugetlb-inuse")){ char*a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); if(a==MAP_FAILED)printf("CASE hugetlb-inuse\n  skip errno=%d\n",errno); else {memset(a,1,2<<20); doit("hugetlb-inuse",how,a,0,1); doit("hugetlb-inuse again (sub page 3)",!strcmp(how,"madv")?"hard":how,0,pfn_of(a)?pfn_of(a)+3:0,0);} } 
 if(WANT("hugetlb-free")){ uint64_t p=findpfn(17,11,4096,0); if(p) doit("hugetlb-free",!strcmp(how,"madv")?"hard":how,0,p,0); else printf("CASE hugetlb-free\n  none\n"); }
 if(WANT("buddy")){ uint64_t p=findpfn(10,-1,8192,3); doit("buddy",!strcmp(how,"madv")?"hard":how,0,p,0); doit("buddy again",!strcmp(how,"madv")?"hard":how,0,p,0); doit("buddy unpoison","unpoison",0,p,0); doit("buddy unpoison again","unpoison",0,p,0);} 
 if(WANT("buddy-inner")){ uint64_t p=findpfn(10,-1,16384,0); doit("buddy-inner (pfn+1 inside a free block)",!strcmp(how,"madv")?"hard":how,0,p+1,0);} 
 if(WANT("soft-anon")){ char*a=anon(4096,0); memset(a,1,4096); doit("soft-offline anon","soft",a,0,1);} 
 if(WANT("soft-anon-madv")){ char*a=anon(4096,0); memset(a,1,4096); doit("soft-offline anon madvise","madvsoft",a,0,1);} 
 if(WANT("soft-buddy")){ uint64_t p=findpfn(10,-1,12000,5); doit("soft-offline buddy","soft",0,p,0); doit("soft-offline buddy again","soft",0,p,0);} 
 if(WANT("soft-slab")){ uint64_t p=findpfn(7,-1,4096,5); doit("soft-offline slab","soft",0,p,0);} 
 if(WANT("soft-file")){ int f=open("/mnt/sf",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; doit("soft-offline file-clean","soft",a,0,1);} 
 if(WANT("soft-thp")){ char*m=anon(4<<20,0); char*a=(char*)(((uintptr_t)m+(2<<20)-1)&~((2UL<<20)-1)); madvise(a,2<<20,MADV_HUGEPAGE); memset(a,1,2<<20); doit("soft-offline thp","soft",a+8192,0,1);} 
 if(WANT("soft-reserved")){ uint64_t p=findpfn(32,-1,4096,5); doit("soft-offline reserved","soft",0,p,0);} 
 if(WANT("soft-nopage")){ doit("soft-offline beyond RAM","soft",0,0x7fffffff,0);} 
 if(WANT("slab")){ uint64_t p=findpfn(7,-1,4096,9); doit("slab",!strcmp(how,"madv")?"hard":how,0,p,0);} 
 if(WANT("slab-tail")){ int f=open("/proc/kpageflags",O_RDONLY); uint64_t x,p=4096; while(pread(f,&x,8,p*8)==8){ if((x>>7&1)&&(x>>16&1)&&!(x>>19&1))break; p++; } close(f); doit("slab tail page",!strcmp(how,"madv")?"hard":how,0,p,0);} 
 if(WANT("pgtable")){ uint64_t p=findpfn(26,-1,4096,20); doit("pgtable",!strcmp(how,"madv")?"hard":how,0,p,0);} 
 if(WANT("reserved")){ uint64_t p=findpfn(32,-1,4096,5); doit("reserved",!strcmp(how,"madv")?"hard":how,0,p,0);} 
 if(WANT("reserved-low")){ doit("reserved low (pfn 0xf0 system rom)",!strcmp(how,"madv")?"hard":how,0,0xf0,0);} 
 if(WANT("kernel-noflags")){ /* a non-LRU, non-slab, non-buddy, refcounted kernel page: flags==0 */ int f=open("/proc/kpageflags",O_RDONLY); uint64_t x,p=8192; int skip=30; while(pread(f,&x,8,p*8)==8){ if(x==0 && skip--<=0)break; p++; } close(f); for(int k=0;k<3;k++){ doit("kernel page, no flags",!strcmp(how,"madv")?"hard":how,0,p+k*7,0);} } 
 if(WANT("beyond")){ doit("beyond RAM",!strcmp(how,"madv")?"hard":how,0,0x7fffffff,0);} 
 if(WANT("hole")){ doit("PCI hole pfn 0xa0",!strcmp(how,"madv")?"hard":how,0,0xa0,0); doit("mmio pfn 0xfee00",!strcmp(how,"madv")?"hard":how,0,0xfee00,0);} 
 if(WANT("swap")){ size_t n=64<<20; char*a=anon(n,0); memset(a,1,n); madvise(a,n,21/*PAGEOUT*/); usleep(300000); volatile char s=0; for(size_t i=0;i<n;i+=4096*64) s+=a[i]; int found=0; for(size_t i=0;i<n&&!found;i+=4096){ uint64_t p=pfn_of(a+i); if(p){ uint64_t fl=rd64("/proc/kpageflags",p); if(fl>>13&1){ found=1; doit("swapcache clean (read fault)",how,a+i,0,1);} } } if(!found)printf("CASE swapcache clean\n  none found\n"); found=0; for(size_t i=4096;i<n&&!found;i+=4096*64){ a[i]=2; uint64_t p=pfn_of(a+i); if(p){ uint64_t fl=rd64("/proc/kpageflags",p); if((fl>>13&1)&&(fl>>4&1)){ found=1; doit("swapcache dirty",how,a+i,0,1);} } } if(!found)printf("CASE swapcache dirty\n  none found\n"); }
 if(WANT("early-kill")){ char*a=anon(4096,0); memset(a,1,4096); prctl(33,1,1,0,0); pid_t p=fork(); if(!p){ a[0]=3; start("early-kill (PR_MCE_KILL_EARLY)"); uint64_t q=pfn_of(a); flagsout("before",q); gotsig=0; inj("hard",q,a); usleep(50000); printf("  signal %d code=%d\n",gotsig,code); drain("k"); stats("stats"); _exit(0);} waitpid(p,0,0);} 
 if(WANT("kernel-tail")){ int f=open("/proc/kpageflags",O_RDONLY); uint64_t x,p=4096; int k=0; while(pread(f,&x,8,p*8)==8&&k<3){ if(x==0x10000){ k++; doit("tail page of a compound kernel allocation",!strcmp(how,"madv")?"hard":how,0,p,0); p+=64; } p++; } close(f);} 
 if(WANT("kernel-head")){ int f=open("/proc/kpageflags",O_RDONLY); uint64_t x,p=4096; int k=0; while(pread(f,&x,8,p*8)==8&&k<3){ if(x==0x8000){ k++; doit("head page of a compound kernel allocation",!strcmp(how,"madv")?"hard":how,0,p,0); p+=64; } p++; } close(f);} 
 if(WANT("kernel-order")){ int f=open("/proc/kpageflags",O_RDONLY),g=open("/proc/kpagecount",O_RDONLY); uint64_t x,y,p=4096; int k=0; while(pread(f,&x,8,p*8)==8&&k<12){ if(x==0){ k++; doit("kernel page, no flags, not compound",!strcmp(how,"madv")?"hard":how,0,p,0); p+=13; } p++; } close(f);close(g);} 
 if(WANT("unpoison-kinds")){ uint64_t p=findpfn(7,-1,4096,14); doit("slab","hard",0,p,0); doit("unpoison slab","unpoison",0,p,0); p=findpfn(32,-1,4096,40); doit("reserved","corrupt",0,p,0); doit("unpoison reserved","unpoison",0,p,0); char*a=anon(4096,0); memset(a,1,4096); p=pfn_of(a); doit("anon","corrupt",a,p,0); doit("unpoison anon, still mapped as hwpoison entry","unpoison",0,p,0); munmap(a,4096); doit("unpoison anon, unmapped","unpoison",0,p,0); doit("unpoison never poisoned","unpoison",0,findpfn(10,-1,9000,9),0); doit("unpoison beyond RAM","unpoison",0,0x7fffffff,0); int fd=open("/mnt/unp",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(fd,b,4096); fsync(fd); a=mmap(0,4096,PROT_READ,MAP_SHARED,fd,0); volatile char ch=a[0];(void)ch; p=pfn_of(a); doit("file-clean","corrupt",a,p,0); doit("unpoison file-clean","unpoison",0,p,0);} 
 if(WANT("hugetlb-subpages")){ char*a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); if(a!=MAP_FAILED){ memset(a,1,2<<20); uint64_t p=pfn_of(a); doit("hugetlb in use, sub page 3","hard",a,p+3,1); doit("same, sub page 3 again","hard",0,p+3,0); doit("same, sub page 9","hard",0,p+9,0);} uint64_t p=findpfn(17,11,4096,0); if(p){ doit("hugetlb free, sub page 5","corrupt",0,p+5,0); doit("unpoison it","unpoison",0,p+5,0);} char*z=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); if(z!=MAP_FAILED){ memset(z,1,2<<20); doit("hugetlb shared (hugetlbfs page cache)","hard",z,0,1);} }
 if(WANT("ksm")){ size_t n=64*4096; char*a=anon(n,0); memset(a,0x5a,n); madvise(a,n,12); int f=open("/sys/kernel/mm/ksm/run",O_WRONLY); if(f>=0){write(f,"1",1);close(f);} f=open("/sys/kernel/mm/ksm/pages_to_scan",O_WRONLY); if(f>=0){write(f,"5000",4);close(f);} sleep(2); doit("ksm page",how,a+4096*3,0,1);} 
 if(WANT("filters")){ system("echo 1 > /sys/kernel/debug/hwpoison/corrupt-filter-enable; echo 0x800 > /sys/kernel/debug/hwpoison/corrupt-filter-flags-mask; echo 0x800 > /sys/kernel/debug/hwpoison/corrupt-filter-flags-value"); uint64_t p=findpfn(10,-1,9000,30); doit("filter mmap: buddy via corrupt-pfn (filtered)","corrupt",0,p,0); doit("filter mmap: buddy via hard_offline","hard",0,p,0); char*a=anon(4096,0); memset(a,1,4096); doit("filter mmap: anon via corrupt-pfn (passes)","corrupt",a,0,0); p=findpfn(7,-1,4096,20); doit("filter mmap: slab via corrupt-pfn","corrupt",0,p,0); int fd=open("/mnt/fil",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(fd,b,4096); fsync(fd); char*m=mmap(0,4096,PROT_READ,MAP_SHARED,fd,0); volatile char ch=m[0];(void)ch; uint64_t q=pfn_of(m); munmap(m,4096); doit("filter mmap: unmapped file page via hard_offline","hard",0,q,0); doit("filter mmap: unmapped file page via soft_offline","soft",0,q,0); system("echo 0 > /sys/kernel/debug/hwpoison/corrupt-filter-enable"); doit("filter off: same page","hard",0,q,0);} 
 if(WANT("softoff-disabled")){ system("echo 0 > /proc/sys/vm/enable_soft_offline"); char*a=anon(4096,0); memset(a,1,4096); doit("soft-offline disabled by sysctl","soft",a,0,1); doit("soft-offline disabled by sysctl, again","soft",a,0,1); system("echo 1 > /proc/sys/vm/enable_soft_offline"); }
 if(WANT("earlykill-sysctl")){ system("echo 1 > /proc/sys/vm/memory_failure_early_kill"); pid_t p=fork(); if(!p){ char*a=anon(4096,0); memset(a,3,4096); doit("early kill by sysctl, anon","hard",a,0,0); int fd=open("/mnt/ek",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(fd,b,4096); fsync(fd); char*m=mmap(0,4096,PROT_READ,MAP_SHARED,fd,0); volatile char ch=m[0];(void)ch; doit("early kill by sysctl, clean file","hard",m,0,1); _exit(0);} waitpid(p,0,0); system("echo 0 > /proc/sys/vm/memory_failure_early_kill"); }

 #define PIN(addr) int pp[2]; pipe(pp); struct iovec iv={addr,4096}; if(vmsplice(pp[1],&iv,1,0)<0) perror("vmsplice");
 if(WANT("pin-anon")){ char*a=anon(4096,0); memset(a,1,4096); PIN(a) uint64_t p=pfn_of(a); doit("pinned anon",how,a,p,0); doit("unpoison pinned anon","unpoison",0,p,0); }
 if(WANT("pin-file")){ int f=open("/mnt/pf",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; PIN(a) doit("pinned file clean",how,a,0,0); }
 if(WANT("pin-shmem")){ int f=memfd_create("x",0); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); PIN(a) doit("pinned shmem",how,a,0,0); }
 if(WANT("pin-thp")){ char*m=anon(4<<20,0); char*a=(char*)(((uintptr_t)m+(2<<20)-1)&~((2UL<<20)-1)); madvise(a,2<<20,MADV_HUGEPAGE); memset(a,1,2<<20); PIN(a+8192) uint64_t p=pfn_of(a+8192); doit("pinned thp",how,a+8192,p,0); doit("pinned thp again",how,a+8192,p,0); doit("pinned thp soft","soft",a+4096,0,0);}
 if(WANT("pin-thp-early")){ char*m=anon(4<<20,0); char*a=(char*)(((uintptr_t)m+(2<<20)-1)&~((2UL<<20)-1)); madvise(a,2<<20,MADV_HUGEPAGE); memset(a,1,2<<20); prctl(33,1,1,0,0); PIN(a+8192) doit("pinned thp, early kill",how,a+8192,0,0);}
 if(WANT("pin-huge")){ char*a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); memset(a,1,2<<20); PIN(a) doit("pinned hugetlb",how,a,0,0); }
 if(WANT("soft-pin")){ char*a=anon(4096,0); memset(a,1,4096); PIN(a) doit("soft pinned anon","soft",a,0,1);} 
 if(WANT("soft-huge")){ char*a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); memset(a,1,2<<20); doit("soft hugetlb in use","soft",a,0,1); uint64_t p=findpfn(17,11,4096,0); if(p) doit("soft hugetlb free","soft",0,p,0); }
 if(WANT("soft-more")){ int f=open("/mnt/sm",O_RDWR|O_CREAT,0644); char b[4096]; memset(b,7,4096); write(f,b,4096); fsync(f); char*a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; uint64_t p=pfn_of(a); munmap(a,4096); doit("soft file clean unmapped","soft",0,p,0); doit("unpoison it","unpoison",0,p,0);
   f=memfd_create("x",0); ftruncate(f,4096); a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("soft shmem dirty","soft",a,0,1);
   f=open("/mnt/sd",O_RDWR|O_CREAT,0644); ftruncate(f,4096); a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("soft file dirty","soft",a,0,1);
   p=findpfn(26,-1,4096,20); doit("soft pgtable","soft",0,p,0);
   { int g=open("/proc/kpageflags",O_RDONLY); uint64_t x,q=4096; while(pread(g,&x,8,q*8)==8){ if(x==0x8000)break; q++; } doit("soft large kmalloc head","soft",0,q,0); q=4096; while(pread(g,&x,8,q*8)==8){ if(x==0x10000)break; q++; } doit("soft large kmalloc tail","soft",0,q,0); q=4096; while(pread(g,&x,8,q*8)==8){ if(x==0)break; q++; } doit("soft kernel no flags","soft",0,q,0); close(g);} 
   f=open("/ram/s",O_RDWR|O_CREAT,0644); ftruncate(f,4096); a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); doit("soft ramfs dirty mapped","soft",a,0,1);
   a=anon(4096,0); memset(a,1,4096); mlock(a,4096); doit("soft mlocked anon","soft",a,0,1); }
 if(WANT("ramfs")){ int f=open("/ram/a",O_RDWR|O_CREAT,0644); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); usleep(100000); uint64_t p=pfn_of(a); doit("ramfs dirty mapped",how,a,0,1);
   f=open("/ram/b",O_RDWR|O_CREAT,0644); ftruncate(f,4096); a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); p=pfn_of(a); munmap(a,4096); doit("ramfs dirty unmapped",how,0,p,0);
   f=open("/ram/c",O_RDWR|O_CREAT,0644); ftruncate(f,4096); a=mmap(0,4096,PROT_READ,MAP_SHARED,f,0); volatile char ch=a[0];(void)ch; p=pfn_of(a); munmap(a,4096); doit("ramfs read unmapped",how,0,p,0); }
 if(WANT("dirty-unmapped")){ int f=open("/mnt/du",O_RDWR|O_CREAT,0644); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); uint64_t p=pfn_of(a); munmap(a,4096); doit("file dirty unmapped",how,0,p,0); doit("unpoison file dirty","unpoison",0,p,0); }
 if(WANT("two-early")){ char*a=anon(4096,0); memset(a,1,4096); prctl(33,1,1,0,0); pid_t k[2]; for(int i=0;i<2;i++){ k[i]=fork(); if(!k[i]){ pause(); _exit(0);} } usleep(50000); struct sigaction ig={.sa_handler=SIG_IGN}; doit("early kill, three mappers",how,a,0,0); for(int i=0;i<2;i++){ kill(k[i],9); waitpid(k[i],0,0);} }
 if(WANT("unpoison-more")){ int f=memfd_create("x",0); ftruncate(f,4096); char*a=mmap(0,4096,PROT_READ|PROT_WRITE,MAP_SHARED,f,0); memset(a,9,4096); uint64_t p=pfn_of(a); doit("shmem","hard",a,p,0); doit("unpoison shmem","unpoison",0,p,0); munmap(a,4096); doit("unpoison shmem, unmapped","unpoison",0,p,0);
   a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); memset(a,1,2<<20); p=pfn_of(a); doit("hugetlb","hard",a,p,0); doit("unpoison hugetlb","unpoison",0,p,0);
   a=mmap(0,2<<20,PROT_READ|PROT_WRITE,MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB,-1,0); memset(a,1,2<<20); p=pfn_of(a); doit("hugetlb shared","hard",a,p,0); doit("hugetlb shared again","hard",0,p,0); doit("hugetlb shared sub page","hard",0,p+4,0); doit("unpoison hugetlb shared","unpoison",0,p,0);
   { int g=open("/proc/kpageflags",O_RDONLY); uint64_t x,q=4096; while(pread(g,&x,8,q*8)==8){ if(x==0)break; q++; } close(g); doit("kernel no flags","hard",0,q,0); doit("unpoison kernel no flags","unpoison",0,q,0);
   q=findpfn(26,-1,4096,20); doit("pgtable","hard",0,q,0); doit("unpoison pgtable","unpoison",0,q,0); 
   g=open("/proc/kpageflags",O_RDONLY); q=4096; while(pread(g,&x,8,q*8)==8){ if(x==0x8000)break; q++; } close(g); doit("large kmalloc","hard",0,q,0); doit("unpoison large kmalloc","unpoison",0,q,0);} 
   a=anon(4096,0); memset(a,1,4096); p=pfn_of(a); doit("soft anon","soft",a,p,0); doit("unpoison soft","unpoison",0,p,0); }
 if(WANT("pipe")){ int p[2]; pipe(p); char b[4096]={1}; write(p[1],b,4096); }
 return 0; }
