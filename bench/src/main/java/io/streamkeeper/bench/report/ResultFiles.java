package io.streamkeeper.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The files for the results of a command. */
public final class ResultFiles {
    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON to this file.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the figures and charts as a page to this file.")
    private @Nullable Path html;

    /** Writes the files that the command line names. */
    public void write(Report report, Page page) throws IOException {
        report.writeTo(json);
        if (html != null) {
            page.writeTo(html);
        }
    }
}
