//! tmp
use lendcycle::*;
fn main(){
 let r=scenario::Request{path:std::env::args().nth(1).unwrap().into(),settings:vec![]};
 let s=match scenario::load(&r){Ok(s)=>s,Err(p)=>{println!("{}",p.render(false));std::process::exit(3)}};
 let setup=engine::Setup::new(&s);
 let t=std::time::Instant::now(); let am=std::sync::atomic::AtomicU64::new(0);
 engine::runs::simulate_blocks(&setup,0..200,1,|b|{for r in &b {am.fetch_add(r.account_months,std::sync::atomic::Ordering::Relaxed);} true}).unwrap();
 let el=t.elapsed().as_secs_f64(); let a=am.into_inner();
 println!("{} account-months/run, {:.2} ns/am, {:.2} ms/run", a/200, el*1e9/a as f64, el*1e3/200.);
}
