//! tmp
use lendcycle::*;
use lendcycle::lifecycle::{metrics,profitability::*,stage::Stage};
fn main(){
 let n=400u64;
 let r=scenario::Request{path:std::env::args().nth(1).unwrap().into(),settings:std::env::args().skip(2).map(|t|scenario::Setting{what:"--set",text:t}).collect()};
 let s=match scenario::load(&r){Ok(s)=>s,Err(p)=>{println!("{}",p.render(false));std::process::exit(3)}};
 let setup=engine::Setup::new(&s);
 let t=std::time::Instant::now(); let rows=std::sync::Mutex::new(vec![]);let bal=std::sync::Mutex::new(vec![0i64;setup.months as usize]);
 let groups=std::sync::Mutex::new(vec![ledger::Flows::default();setup.groups()]); let gb=std::sync::Mutex::new(vec![0i64;setup.groups()]);
 engine::runs::simulate_blocks(&setup,0..n,2,|b|{for r in &b {rows.lock().unwrap().push(by_stage(r)); let mut bb=bal.lock().unwrap(); for m in 0..setup.months as usize {bb[m]+=r.get(m,engine::MonthMetric::Balance);} for g in 0..setup.groups(){groups.lock().unwrap()[g].add(&r.groups[g]); gb.lock().unwrap()[g]+=r.group_balance[g];}} true}).unwrap();
 let el=t.elapsed().as_secs_f64(); let rows=rows.into_inner().unwrap(); let a:u64=rows.iter().map(|r|r.account_months).sum();
 println!("{} account-months/run, {:.2} ns/am, {:.2} ms/run", a/n, el*1e9/a as f64, el*1e3/n as f64);
 for m in (0..setup.months as usize).step_by(4) {print!("{}:{:.1} ",m,bal.lock().unwrap()[m] as f64/n as f64/1e8);} println!("(M yuan)");
 for st in [Stage::Growth(1),Stage::Plateau,Stage::Decline,Stage::Exit,Stage::Closed,Stage::Growth(2)] {
  let sel:Vec<_>=rows.iter().filter_map(|r|r.stage(st)).collect(); if sel.is_empty(){continue;}
  print!("{:9} reached {:.2} start {:.1} months {:.1} ",st.name(),sel.len() as f64/n as f64, sel.iter().map(|s|s.start as f64).sum::<f64>()/sel.len() as f64, sel.iter().map(|s|s.sums.months as f64).sum::<f64>()/sel.len() as f64);
  for k in ["originated","balance_average","npl_ratio_balance","income","cost","credit_loss_net","profit_before_tax","return_on_balance_annual","charge_off_rate_annual","recoveries_share_of_cash_income"] { let m=metrics::find(k); let v:Vec<_>=sel.iter().map(|s|(m.of)(&s.sums)).collect(); if let Some(e)=stats::estimate(&v){ if m.unit==metrics::Unit::Money {print!("{k} {:.2}M  ",e.mean/1e8)} else {print!("{k} {:.4} ",e.mean)}} } println!();
 }
 for m in metrics::FLOW_METRICS.iter().chain(metrics::STOCK_METRICS) { let v:Vec<_>=rows.iter().map(|r|(m.of)(&r.lifetime.sums)).collect(); if let Some(e)=stats::estimate(&v){ let f=if m.unit==metrics::Unit::Money{0.01}else{1.0}; println!("{:34} {:>16.4} se {:.4} p05 {:.4} p95 {:.4}",m.key,e.mean*f,e.std_error*f,e.quantiles[0]*f,e.quantiles[4]*f);}}
 for g in 0..setup.cells.len() { let c=&setup.cells[g]; let f=&groups.lock().unwrap()[g]; let b=gb.lock().unwrap()[g] as f64; use ledger::Flow::*; println!("{:7} {:10} leads {:6} new {:5} rep {:5} orig {:8.1}M avg bal yr {:.1}M cac {:.0} co {:.4} yield {:.4} roa {:.4} profit {:.2}M",setup.segments[c.segment].name,setup.channels[c.channel].name,f.get(Leads)/n as i64,f.get(LoansNew)/n as i64,f.get(LoansRepeat)/n as i64,(f.get(OriginatedNew)+f.get(OriginatedRepeat)) as f64/n as f64/1e8,b/12./n as f64/1e8,f.get(MarketingPaid) as f64/f.get(LoansNew) as f64/100.,12.*f.get(ChargedOff) as f64/b,12.*f.income() as f64/b,12.*f.profit() as f64/b,f.profit() as f64/1e8/n as f64);}
}
