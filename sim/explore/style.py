"""How the page looks."""

PAGE_CSS = """
:host { font-family: "Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif; padding: 10px 16px; }
"""

CSS = """
:host { font: 14px/1.5 "Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif; color: #1f2933; }
h1 { font-size: 22px; margin: 2px 0; } h2 { font-size: 14px; font-weight: 600; margin: 12px 0 2px; }
table.sim { border-collapse: collapse; width: 100%; font-size: 13.5px; }
table.sim th { text-align: left; font-weight: 600; border-bottom: 1.5px solid #1f2933; padding: 4px 8px; }
table.sim td { padding: 4px 8px; border-bottom: 1px solid #d9dee3; font-variant-numeric: tabular-nums; }
table.sim td:not(:first-child) { white-space: nowrap; }
table.sim small { color: #52606d; } table.map { width: auto; }
table.old { opacity: 0.35; } table.map td { text-align: center; min-width: 46px; }
table.map th[scope=row] { border-bottom: 1px solid #d9dee3; font-weight: 400; }
.good, .fair, .bad { color: #fff; border-radius: 9px; padding: 0 9px; white-space: nowrap; }
.good { background: #00664a; } .fair { background: #7a5200; } .bad { background: #9c2f1d; } .quiet { color: #52606d; }
p.joint { font-weight: 600; margin: 6px 0; } details { color: #52606d; font-size: 12.5px; margin: -4px 0 6px; }
summary { cursor: pointer; } ul { margin: 2px 0 4px; padding-left: 18px; } label { line-height: 32px; }
.faults { border-left: 4px solid #9c2f1d; background: #fbeeeb; padding: 8px 12px; white-space: pre-wrap; }
"""
