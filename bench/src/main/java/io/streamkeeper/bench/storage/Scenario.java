package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;

/** What a command does between the starting of its server and the writing of its report. */
public interface Scenario {
    /** Runs it, and says what it finds. */
    void run(ServerSetup setup, Report report) throws IOException, InterruptedException;

    /** Runs it with what the options ask for; whatever becomes of it, what was created for it is deleted. */
    static int execute(ServerOptions options, PrintWriter out, Scenario scenario)
            throws IOException, InterruptedException {
        Report report = new Report(out);
        try {
            ServerSetup setup = options.setup();
            report.say("$ %s", String.join(" ", setup.command()));
            report.root().put("command", String.join(" ", setup.command()));
            scenario.run(setup, report);
            report.writeTo(options.json());
            return 0;
        } finally {
            options.cleanUp();
        }
    }
}
