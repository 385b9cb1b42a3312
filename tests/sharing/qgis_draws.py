"""Run by QGIS's own Python: draw the layers of a plan by their own styles, and say what is seen.

``python3 qgis_draws.py PLAN.gpkg PICTURE.png``
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

LAYERS = ("changes", "hotspots", "candidates", "density_contours", "districts")


def main() -> None:
    """Draw, and print as JSON what QGIS made of each layer."""
    plan, picture = sys.argv[1:]
    application = QgsApplication([], False)
    application.initQgis()
    seen, layers = {}, []
    for name in LAYERS:
        layer = QgsVectorLayer(f"{plan}|layername={name}", name, "ogr")
        if not layer.isValid():
            continue
        said, loaded = layer.loadDefaultStyle()
        renderer = layer.renderer()
        seen[name] = {
            "style": bool(loaded),
            "said": said,
            "renderer": renderer.type(),
            "legend": [item.label() for item in renderer.legendSymbolItems()],
            "labels": layer.labeling().settings().fieldName if layer.labelsEnabled() else "",
            "features": layer.featureCount(),
            "crs": layer.crs().authid(),
        }
        layers.append(layer)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(1400, 1000))
    settings.setDestinationCrs(layers[-1].crs())
    extent = layers[-1].extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)
    sys.stdout.write(f"{json.dumps(seen)}\n")
    sys.stdout.flush()
    os._exit(0)  # QGIS may crash while it takes itself down


main()
