package io.streamkeeper.bench;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command that ran in this process.
 *
 * @param status its exit status
 * @param output what it printed
 */
public record TestRun(int status, String output) {
    public static TestRun of(String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output, true);
        int status = Main.commandLine().setOut(writer).setErr(writer).execute(arguments);
        return new TestRun(status, output.toString());
    }
}
