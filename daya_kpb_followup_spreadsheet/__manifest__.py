{
    "name": "Daya KPB Follow-up: Spreadsheet Dashboard",
    "summary": "The managers' figures in Odoo's Dashboards app, for those who use it",
    "version": "19.0.1.0.0",
    "category": "Productivity/Dashboard",
    "author": "Daya Motor",
    "license": "LGPL-3",
    "depends": ["spreadsheet_dashboard", "daya_kpb_followup"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "auto_install": True,
}
