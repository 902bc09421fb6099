package io.streamkeeper.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An HTML page of tables and charts, without other files. */
public final class Page {
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
            div{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
            td,th{padding:.25rem .6rem;white-space:nowrap;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}
            figure{margin:2rem 0}figcaption{font-weight:600}svg{width:100%;height:auto;font-size:12px}
            .grid{stroke:#ddd}.y{text-anchor:end}.x{text-anchor:middle}text{fill:#555}
            @media(prefers-color-scheme:dark){body{color:#eee;background:#111}td,th{border-color:#333}.grid{stroke:#333}text{fill:#aaa}}
            """;

    private final String title;
    private final StringBuilder body = new StringBuilder();

    /** A page with a title and a subtitle. */
    public Page(String title, String subtitle) {
        this.title = title;
        body.append("<h1>").append(escape(title)).append("</h1>\n");
        body.append("<p>").append(escape(subtitle)).append("</p>\n");
    }

    /** Adds a chart. */
    public Page add(Chart chart) {
        body.append(chart.toSvg());
        return this;
    }

    /** Adds a heading. */
    public Page heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    /** Adds a table. */
    public Page table(List<String> columns, List<List<String>> rows) {
        body.append("<div><table><tr>");
        columns.forEach(column -> body.append("<th>").append(escape(column)).append("</th>"));
        body.append("</tr>\n");
        for (List<String> row : rows) {
            body.append("<tr>");
            row.forEach(cell -> body.append("<td>").append(escape(cell)).append("</td>"));
            body.append("</tr>\n");
        }
        body.append("</table></div>\n");
        return this;
    }

    /** Writes the page. */
    public void writeTo(Path file) throws IOException {
        Files.writeString(
                file,
                "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
                        + "<title>" + escape(title) + "</title><style>" + STYLE + "</style>\n" + body + "</html>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
