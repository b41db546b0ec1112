"""Maintainers' script: writes `exports/template.docx`, the empty document that every Word file starts from.

Written by hand as WordprocessingML, so that it holds the styles we use and nothing else.
"""

import zipfile
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "exports" / "template.docx"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
INK = "12313F"


def style(name, label, *, based="Normal", before=0, after=0, size=None, bold=False, color=None, more="", level=None):
    """Return one paragraph style."""
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    keep = "<w:keepNext/><w:keepLines/>" if level is not None else ""
    run = "".join(
        [
            "<w:b/><w:bCs/>" if bold else "",
            f'<w:color w:val="{color}"/>' if color else "",
            f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "",
        ]
    )
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{label}"/><w:basedOn w:val="{based}"/>'
        f'<w:next w:val="Normal"/><w:qFormat/><w:pPr>{keep}<w:spacing w:before="{before}" w:after="{after}"/>{more}{outline}'
        f"</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


FONT = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
STYLES = f"""{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{FONT}<w:sz w:val="21"/><w:szCs w:val="21"/>
<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>
<w:spacing w:after="80" w:line="259" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>
<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>
<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
{style("Title", "Title", size=36, bold=True, color=INK, after=40)}
{style("Subtitle", "Subtitle", size=24, color="505A5F", after=120)}
{style("Heading1", "heading 1", before=280, after=100, size=28, bold=True, color=INK, level=0)}
{style("Heading2", "heading 2", before=200, after=80, size=24, bold=True, color=INK, level=1)}
{style("Heading3", "heading 3", before=140, after=60, size=21, bold=True, color=INK, level=2)}
{style("Cell", "Cell", size=19, after=0, before=0)}
{style("CellLabel", "Cell Label", based="Cell", size=19, bold=True, color="3B4A51")}
{style("Restricted", "Restricted", based="Cell", size=18, bold=True, color="8A1F11")}
{
    style(
        "Band",
        "Band",
        bold=True,
        size=22,
        color="8A1F11",
        before=60,
        after=120,
        more='<w:pBdr><w:top w:val="single" w:sz="8" w:space="4" w:color="8A1F11"/><w:bottom w:val="single" w:sz="8" w:space="4" w:color="8A1F11"/></w:pBdr>',
    )
}
{style("TOC1", "toc 1", size=20, after=40)}
{style("TOC2", "toc 2", size=20, after=40, more='<w:ind w:left="340"/>')}
{style("Header", "header", size=17, bold=True, color=INK, more='<w:jc w:val="center"/>')}
{style("Footer", "footer", size=16, color="505A5F", more='<w:tabs><w:tab w:val="right" w:pos="9866"/></w:tabs>')}
<w:style w:type="table" w:styleId="Lined"><w:name w:val="Lined"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>
<w:top w:val="single" w:sz="6" w:space="0" w:color="12313F"/><w:bottom w:val="single" w:sz="6" w:space="0" w:color="12313F"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="B1B4B6"/></w:tblBorders><w:tblCellMar>
<w:top w:w="50" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="50" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
</w:tblCellMar></w:tblPr></w:style></w:styles>"""

PARTS = {
    "[Content_Types].xml": f"""{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{TYPE}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{TYPE}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{TYPE}.settings+xml"/>
<Override PartName="/word/header1.xml" ContentType="{TYPE}.header+xml"/>
<Override PartName="/word/footer1.xml" ContentType="{TYPE}.footer+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>""",
    "_rels/.rels": f"""{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
 Target="docProps/core.xml"/></Relationships>""",
    "docProps/core.xml": f"""{HEAD}<cp:coreProperties
 xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:language>en-GB</dc:language></cp:coreProperties>""",
    "word/_rels/document.xml.rels": f"""{HEAD}<Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/settings" Target="settings.xml"/>
<Relationship Id="rId3" Type="{OFFICE}/header" Target="header1.xml"/>
<Relationship Id="rId4" Type="{OFFICE}/footer" Target="footer1.xml"/></Relationships>""",
    "word/styles.xml": STYLES,
    "word/settings.xml": f"""{HEAD}<w:settings {W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>
<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode"
 w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-GB" w:bidi="ar-SA"/>
</w:settings>""",
    "word/header1.xml": f'{HEAD}<w:hdr {W} {R}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>',
    "word/footer1.xml": f'{HEAD}<w:ftr {W} {R}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p></w:ftr>',
    "word/document.xml": f"""{HEAD}<w:document {W} {R}><w:body><w:sectPr>
<w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>
<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1020" w:bottom="1020" w:left="1020" w:header="510"
 w:footer="454" w:gutter="0"/></w:sectPr></w:body></w:document>""",
}

with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED) as out:
    for name, content in PARTS.items():
        out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
