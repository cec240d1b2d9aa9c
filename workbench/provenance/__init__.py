"""What explains a run: the strategy's source, from files or notebook cells, and what surrounds it."""

from workbench.provenance.environment import Look, look
from workbench.provenance.notebook_cells import MAIN, take_cells
from workbench.provenance.source import SourceFile, outdated, project_folder, sources

__all__ = ["MAIN", "Look", "SourceFile", "look", "outdated", "project_folder", "sources", "take_cells"]
