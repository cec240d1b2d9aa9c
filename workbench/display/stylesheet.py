"""The only stylesheet: cards, comparisons and panels, in the colours and sizes of JupyterLab's theme.

Each value is a whole ``<style>`` element, put in front of what it is for, so that an output saved in a notebook or
sent as HTML looks the same without the others. Where there is no theme, the fallback behind each variable suits a
light page as well as a dark one.
"""

from __future__ import annotations

# JupyterLab floats every dt of an output to the left of its dd
CARD = """
<style>
.wb-card{border:1px solid var(--jp-border-color2,#c8c8c8);border-radius:6px;padding:.6em .9em;max-width:66em;
 font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-content-font-color1,inherit)}
.wb-card h4{margin:0 0 .1em;font-size:15px}.wb-card .wb-sub{opacity:.75;margin-bottom:.5em}
.wb-card dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(15em,1fr));gap:.35em 1em;margin:0}
.wb-card dt,.wb-card dd{display:block;float:none;width:auto;margin:0;padding:0}
.wb-card dt{opacity:.7;font-weight:400}.wb-card dd{font-variant-numeric:tabular-nums;font-weight:600}
.wb-card ul{margin:.5em 0 0;padding-left:1.2em}.wb-card code{font-size:12px}
</style>"""

# JupyterLab aligns cells to the right and stripes the rows
COMPARISON = """
<style>
.wb-compare{overflow-x:auto;font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);
 color:var(--jp-content-font-color1,inherit)}
.wb-compare table{border-collapse:collapse;margin:0;font-size:13px;color:inherit}
.wb-compare table th,.wb-compare table td{text-align:right;vertical-align:top;padding:.2em .7em;max-width:24em;
 overflow-wrap:break-word;border:0;font-weight:400;font-variant-numeric:tabular-nums}
.wb-compare table thead th{font-weight:600;white-space:nowrap;border-bottom:1px solid var(--jp-border-color1,#8888)}
.wb-compare table th small{display:block;font-weight:400;white-space:normal}
.wb-compare table tbody th.wb-name{text-align:left;white-space:nowrap}
.wb-compare table tbody th.wb-section{text-align:left;font-weight:600;padding-top:.7em;
 border-bottom:1px solid var(--jp-border-color2,#8884)}
.wb-compare table tr .wb-mark{padding:.2em 0;text-align:center}
.wb-compare table td.wb-best{font-weight:700;white-space:nowrap}
.wb-compare p{margin:.5em 0 0}.wb-compare ul{margin:.3em 0 0;padding-left:1.2em}
</style>"""

# Voilà brings the variables of the theme along as well. A label stands above its control, so that a narrow cell has
# room for both; fields take as many columns as fit. In a table of runs the checkboxes stand beside the table, which is
# one piece of HTML: both have rows of the same height.
PANEL = """<style>
.wb-panel{font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,inherit);
 border:1px solid var(--jp-border-color2,#c8c8c8);border-radius:6px;padding:.7em .9em .9em;max-width:92em;
 box-sizing:border-box;overflow:visible}
.wb-panel .widget-html,.wb-panel .widget-html-content{line-height:1.45;height:auto;min-width:0;margin:0}
.wb-panel .widget-html-content{width:100%}
.wb-panel .wb-hidden{display:none!important}
.wb-panel h4,.wb-panel h5{margin:0;font-size:15px;font-weight:600;color:inherit}
.wb-panel h5{font-size:13px;margin:.9em 0 .1em}
.wb-panel small{color:var(--jp-ui-font-color2,inherit);font-size:12px}
.wb-panel .wb-fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(13.5em,1fr));gap:.55em 1em;
 align-items:end;overflow:visible;margin:.35em 0}
.wb-panel .wb-field{display:flex;flex-direction:column;align-items:stretch;width:auto;height:auto;margin:0;min-width:0;
 overflow:visible}
.wb-panel .wb-field>.widget-label{display:block;width:auto;max-width:none;height:auto;text-align:left;line-height:1.35;
 white-space:normal;overflow:visible;margin:0 0 .15em;color:inherit}
.wb-panel .wb-field label em{display:block;font-style:normal;font-size:12px;color:var(--jp-ui-font-color2,inherit)}
.wb-panel .wb-field input:not([type=checkbox]),.wb-panel .wb-field select{width:100%;box-sizing:border-box;
 height:28px;min-width:0;flex:0 0 28px}
.wb-panel .wb-field.widget-checkbox{flex-direction:row;align-items:start;padding-bottom:.3em}
.wb-panel .wb-field.widget-checkbox .widget-label-basic{display:flex;gap:.4em;height:auto;line-height:1.35;
 white-space:normal;align-items:baseline}
.wb-panel .wb-row{display:flex;flex-flow:row wrap;align-items:center;gap:.3em .6em;overflow:visible;margin:.5em 0 0}
.wb-panel .wb-row>*{margin:0}.wb-panel .wb-row>.widget-checkbox{width:auto;margin-right:1em}
.wb-panel .wb-row.wb-low{align-items:end}
.wb-panel .widget-button{width:auto;padding:0 1em}
.wb-panel .wb-words{flex:1 1 12em}
.wb-panel .widget-hprogress{width:12em;min-width:6em;flex:0 1 12em}
.wb-panel .wb-notice{border-left:3px solid var(--jp-border-color1,#888);padding:.15em .7em;margin:.5em 0 0;
 overflow-wrap:anywhere}
.wb-panel .wb-notice.wb-warning{border-color:var(--jp-warn-color1,#ef6c00)}
.wb-panel .wb-notice.wb-error{border-color:var(--jp-error-color1,#d32f2f)}
.wb-panel .wb-notice.wb-done{border-color:var(--jp-success-color1,#388e3c)}
.wb-panel .wb-card{max-width:none;margin-top:.7em;box-sizing:border-box}
.wb-panel .jp-OutputArea,.wb-panel .jupyter-widgets-output-area{max-width:100%;min-width:0}
.wb-panel .jp-OutputPrompt,.wb-panel .jp-OutputArea-prompt{display:none}
.wb-panel .jp-OutputArea-output{padding-left:0;background:transparent}
.wb-panel .wb-chart:not(:hover):not(:focus-within) .modebar{opacity:0}
.wb-panel :focus-visible{outline:2px solid var(--jp-brand-color1,#1976d2);outline-offset:1px}
.wb-panel .jupyter-widget-Collapse-header{background:transparent;border:0;padding:.2em 0;font-weight:400;color:inherit}
.wb-panel .jupyter-widget-Collapse-contents{background:transparent;border:0;padding:0;color:inherit}
@media (prefers-reduced-motion:reduce){.wb-panel *{transition:none!important}}
.wb-panel .wb-table{display:flex;align-items:flex-start;margin:.4em 0 0;overflow:visible}
.wb-panel .wb-checks{flex:0 0 24px;padding-top:28px;overflow:visible;margin:0}
.wb-panel .wb-checks .widget-checkbox{width:24px;height:28px;margin:0;min-width:0}
.wb-panel .wb-checks .widget-checkbox label{position:relative;display:flex;align-items:center;height:28px;margin:0}
.wb-panel .wb-checks .widget-checkbox label span{position:absolute;width:1px;height:1px;overflow:hidden;
 clip-path:inset(50%);white-space:nowrap}
.wb-panel .wb-rows{flex:1 1 auto;min-width:0;overflow-x:auto}
.wb-panel .wb-rows table{border-collapse:collapse;width:100%;font-size:13px;color:inherit;margin:0}
.wb-panel .wb-rows tr{height:28px}
.wb-panel .wb-rows th,.wb-panel .wb-rows td{height:28px;line-height:27px;padding:0 .6em;box-sizing:border-box;
 white-space:nowrap;text-align:left;font-variant-numeric:tabular-nums;
 border-bottom:1px solid var(--jp-border-color2,#8884)}
.wb-panel .wb-rows th{font-weight:600;border-bottom-color:var(--jp-border-color1,#8888)}
.wb-panel .wb-rows .wb-right{text-align:right}
.wb-panel .wb-rows td:last-child{max-width:26em;overflow:hidden;text-overflow:ellipsis}
.wb-panel .wb-rows tr[aria-selected=true]{background:var(--jp-layout-color2,#8882)}
.wb-panel .wb-facts{overflow-x:auto;margin:.5em 0 0}.wb-panel .wb-facts summary{cursor:pointer}
.wb-panel .wb-facts table{border-collapse:collapse;margin:.3em 0;font-size:12px;color:inherit}
.wb-panel .wb-facts th,.wb-panel .wb-facts td{text-align:left;vertical-align:top;padding:.1em .8em .1em 0;
 font-weight:400;white-space:pre-wrap;overflow-wrap:anywhere}
.wb-panel .wb-facts th{opacity:.75;white-space:nowrap}
</style>"""
