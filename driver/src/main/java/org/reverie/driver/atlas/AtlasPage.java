package org.reverie.driver.atlas;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.driver.Places;
import org.reverie.driver.Prints;
import org.reverie.driver.batch.Thumbnail;
import org.reverie.executor.picture.Picture;

/**
 * A diagram as a page for people: one file that needs no other and no network. A slider sizes the
 * cells, and each opens large.
 */
final class AtlasPage {
  /** How every page begins to name itself, within its first bytes. */
  private static final String TITLE = "<title>Atlas of ";

  private static final int HEAD_BYTES = 1024;
  private static final String STYLE =
      """
      :root{--paper:#f6f3ee;--card:#fff;--ink:#23201c;--soft:#766f66;--line:#e4ded5;--cell:192px}
      @media (prefers-color-scheme:dark){:root{--paper:#171614;--card:#201f1c;--ink:#ece7df;
      --soft:#a29a8f;--line:#34312d}}
      *{box-sizing:border-box}
      body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,
      "Segoe UI",Roboto,"Helvetica Neue",sans-serif}
      header{padding:28px 24px 8px}
      h1{font:400 34px/1.2 Georgia,"Iowan Old Style","Palatino Linotype",serif;margin:0 0 8px}
      h2{font:400 22px/1.3 Georgia,"Iowan Old Style","Palatino Linotype",serif;margin:28px 24px 8px}
      p{margin:2px 0;color:var(--soft)}
      .zoom{position:sticky;top:0;left:0;z-index:3;background:var(--paper);padding:10px 24px;
      border-bottom:1px solid var(--line)}
      .zoom input{width:min(420px,60vw);vertical-align:middle}
      .frame{padding:0 24px 12px;overflow-x:auto}
      table{border-spacing:8px}
      th{font-weight:400;color:var(--soft);text-align:left;vertical-align:bottom}
      th[scope=row]{vertical-align:middle;position:sticky;left:0;background:var(--paper);
      padding-right:12px;z-index:2;white-space:nowrap}
      th div{width:var(--cell);overflow-wrap:anywhere}
      .narrow th div{width:auto;writing-mode:vertical-rl;transform:rotate(180deg);
      white-space:nowrap;margin:0 auto}
      td{padding:0;vertical-align:top}
      img{display:block;width:var(--cell);height:var(--cell);cursor:zoom-in;border-radius:4px}
      .none{width:var(--cell);height:var(--cell);display:grid;place-items:center;text-align:center;
      color:var(--soft);border:1px dashed var(--line);border-radius:4px;padding:4px;overflow:hidden}
      .narrow .none{font-size:10px;line-height:1;padding:0}
      small{color:var(--soft)}
      dialog{border:0;padding:0;background:var(--card);color:var(--ink);border-radius:8px;
      max-width:96vw;max-height:96vh}
      dialog::backdrop{background:rgba(0,0,0,.75)}
      dialog img{width:min(88vmin,90vw);height:auto;cursor:zoom-out;border-radius:0}
      dialog p{padding:10px 16px}
      """;

  private static final String SCRIPT =
      """
      const size=document.getElementById('size'),large=document.getElementById('large');
      const cells=[...document.querySelectorAll('td img')];let shown=0;
      size.oninput=()=>{const page=document.documentElement;
      page.style.setProperty('--cell',size.value+'px');
      page.classList.toggle('narrow',size.value<112)};
      function show(i){shown=(i+cells.length)%cells.length;const c=cells[shown];
      large.querySelector('img').src=c.src;large.querySelector('p').textContent=c.alt;
      if(!large.open)large.showModal()}
      cells.forEach((c,i)=>c.onclick=()=>show(i));
      large.onclick=()=>large.close();
      document.onkeydown=e=>{if(!large.open)return;if(e.key==='ArrowRight')show(shown+1);
      if(e.key==='ArrowLeft')show(shown-1)};
      """;

  private final Diagram diagram;
  private final Configuration configuration;
  private final Writer out;

  private AtlasPage(Diagram diagram, Configuration configuration, Writer out) {
    this.diagram = diagram;
    this.configuration = configuration;
    this.out = out;
  }

  /** Writes the whole page, one cell in memory at a time. */
  static void write(Diagram diagram, Configuration configuration, Writer out) throws IOException {
    new AtlasPage(diagram, configuration, out).write();
  }

  /** Whether a file is such a page. */
  static boolean isOurs(Path page, Configuration configuration) throws IOException {
    try (InputStream in = Places.fileSystem(page, configuration).open(page)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8).contains(TITLE);
    }
  }

  private void write() throws IOException {
    out.write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    out.write("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    out.write(TITLE + escape(diagram.title()) + "</title>\n");
    out.write("<style>\n" + STYLE + "</style></head>\n<body>\n");
    out.write("<header><h1>" + escape(diagram.title()) + "</h1>\n");
    for (String line : diagram.lines()) {
      out.write("<p>" + escape(line) + "</p>\n");
    }
    out.write("</header>\n<div class=\"zoom\"><label>Size <input id=\"size\" type=\"range\" ");
    out.write("min=\"48\" max=\"640\" value=\"192\"></label></div>\n<main>\n");
    for (Diagram.Section section : diagram.sections()) {
      section(section);
    }
    out.write("</main>\n<dialog id=\"large\"><img alt=\"\"><p></p></dialog>\n");
    out.write("<script>\n" + SCRIPT + "</script>\n</body></html>\n");
  }

  private void section(Diagram.Section section) throws IOException {
    if (!section.title().isEmpty()) {
      out.write("<h2>" + escape(section.title()) + "</h2>\n");
    }
    out.write("<div class=\"frame\"><table>\n");
    if (!section.heads().isEmpty()) {
      out.write("<tr><th></th>");
      for (var head : section.heads()) {
        out.write("<th scope=\"col\"><div>" + escape(String.join(", ", head)) + "</div></th>");
      }
      out.write("</tr>\n");
    }
    for (Diagram.Row row : section.rows()) {
      out.write("<tr><th scope=\"row\">" + escape(row.label()) + "</th>\n");
      for (Diagram.Cell cell : row.cells()) {
        cell(cell);
      }
      out.write("</tr>\n");
    }
    out.write("</table></div>\n");
  }

  private void cell(Diagram.Cell cell) throws IOException {
    out.write("<td>");
    if (cell.missing().isEmpty()) {
      try (Picture picture = Prints.open(cell.print(), configuration)) {
        out.write("<img alt=\"" + escape(cell.description()) + "\" src=\"");
        out.write(Thumbnail.dataUri(picture) + "\">");
      }
    } else {
      out.write("<div class=\"none\">" + escape(cell.missing()) + "</div>");
    }
    if (!cell.caption().isEmpty()) {
      out.write("<small>" + escape(cell.caption()) + "</small>");
    }
    out.write("</td>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
