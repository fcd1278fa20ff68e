"""The admin, and the commands that staff and cron run. Where to look:

catalog.py, orders.py, vouchers.py ...   what can be opened, named after it; admin.py lists them
*_form.py, *_actions.py, *_states.py     their forms and dialogs, buttons, and states that are no column
lists.py, filters.py                     the classes that they are made of: FlatAdmin, RecordAdmin, QuickFilter
rows.py, cells.py, list_tools.py, record_*.py, pills.py    how lists and records are drawn
site.py, dashboard.py, to_do.py, finder.py, sidebar.py, look.py, unfold.py    front page, search and frame
counting.py, keeping.py                  figures that are counted quickly, or kept for a minute
cron.py, fsck.py, drill.py, steps.py     the work of management/commands
importer/, demo/                         product files of merchants, the demo shop
"""
