package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;

/** The measurement of a command, with a server that the options describe. */
public interface Scenario {
    /** Runs the measurement and reports the result. */
    void run(ServerSetup setup, Report report) throws IOException, InterruptedException;

    /** Runs a measurement and writes its report; deletes the data directory that it created, even after a failure. */
    static int execute(ServerOptions options, PrintWriter out, Scenario scenario)
            throws IOException, InterruptedException {
        Report report = new Report(out);
        try {
            ServerSetup setup = options.setup();
            report.print("$ %s", String.join(" ", setup.command()));
            report.root().put("command", String.join(" ", setup.command()));
            scenario.run(setup, report);
            report.writeTo(options.json());
            return 0;
        } finally {
            options.cleanUp();
        }
    }
}
