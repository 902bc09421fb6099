package io.streamkeeper.server.docs;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Executes the {@code console} blocks of a document in order. A line that begins with {@code $} is a command of bash; a
 * backslash at the end of a line continues the command. The lines up to the next command are its expected output, see
 * {@link Expectation}; without such lines it must print nothing.
 *
 * <p>All commands of a document share one directory, and the variables and functions that they define. All documents
 * share one {@link DocumentServer}, which a document names {@code localhost:4437}; its data is {@code ./data} in each
 * directory. A command with {@code &} at its end runs beside the next one; the outputs of both follow that one, its own
 * last. {@code java -jar durable-streams-server.jar} runs the classes under test, and so does {@code ds}, for whose
 * commands {@code DS_URL} names the server. {@code 4440} is a free port, and a Java program of {@code examples} has
 * the classes under test.
 */
final class Console implements AutoCloseable {
    private static final String DOCUMENTED = "localhost:4437";
    private static final String DOCUMENTED_JAR = "java -jar durable-streams-server.jar";
    private static final String DOCUMENTED_CLASS_PATH = "java -cp durable-streams-server.jar examples/";

    /** The port of a receiver of webhooks. */
    private static final String DOCUMENTED_PORT = "4440";

    private static final String PROMPT = "$ ";

    /** The file of the definitions. */
    private static final String DEFINED = ".defined";

    /** The launcher of commands; the real one has an integration test. */
    private static final String LAUNCHER = """
            #!/bin/sh
            exec "$UNDER_TEST_JAVA" -XX:TieredStopAtLevel=1 -cp "$UNDER_TEST" io.streamkeeper.server.cli.Main "$@"
            """;

    /** A command that defines a variable or a function. */
    private static final Pattern DEFINITION = Pattern.compile("(\\w+)(=|\\(\\)).*", Pattern.DOTALL);

    private static final long COMMAND_SECONDS_MAX = 60;

    private final Path directory;
    private final String address;
    private final String port;
    private @Nullable Running beside;
    private Names names = Names.NONE;

    /**
     * A command and its expected output.
     *
     * @param line the number of its first line in the document
     */
    record Step(int line, String command, List<String> prints) {
        boolean goesOn() {
            return command.endsWith("&") && !command.endsWith("&&");
        }
    }

    /** A command that was started. */
    private record Running(Step step, Process process, Path output) {}

    private Console(Path directory, DocumentServer server) throws IOException {
        this.directory = directory;
        this.address = server.address();
        this.port = freePort();
        Files.createSymbolicLink(directory.resolve("data"), server.data());
        Files.createFile(directory.resolve(DEFINED));
        Files.writeString(directory.resolve(".curlrc"), "silent\nshow-error\n");
        Path launcher = Files.createDirectories(directory.resolve("bin")).resolve("ds");
        Files.writeString(launcher, LAUNCHER);
        if (!launcher.toFile().setExecutable(true)) {
            throw new IOException(launcher + " cannot be made executable");
        }
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    /**
     * Executes the blocks of a document in an empty directory.
     *
     * @throws AssertionError if the output differs from the document; the message names the line of the command
     */
    static void run(Markdown document, Path directory, DocumentServer server) throws IOException, InterruptedException {
        List<Step> steps = steps(document);
        try (Console console = new Console(directory, server)) {
            for (Step step : steps) {
                try {
                    console.carryOut(step);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            document.name() + ":" + step.line() + ": $ " + step.command() + "\n" + e.getMessage(), e);
                }
            }
            if (console.beside != null) {
                throw new AssertionError(
                        document.name() + ":" + console.beside.step().line()
                                + ": no command follows after which the output of this one is written");
            }
        }
    }

    /**
     * The commands of a document.
     *
     * @throws AssertionError if a block does not begin with one
     */
    static List<Step> steps(Markdown document) {
        List<Step> steps = new ArrayList<>();
        for (Markdown.Block block : document.blocks("console")) {
            steps.addAll(steps(document, block));
        }
        return steps;
    }

    private static List<Step> steps(Markdown document, Markdown.Block block) {
        List<Step> steps = new ArrayList<>();
        List<String> prints = new ArrayList<>();
        List<String> lines = block.lines();
        for (int index = 0; index < lines.size(); index++) {
            if (lines.get(index).startsWith(PROMPT)) {
                int first = index;
                StringBuilder command = new StringBuilder(lines.get(index).substring(PROMPT.length()));
                while (command.toString().endsWith("\\") && index + 1 < lines.size()) {
                    command.append('\n').append(lines.get(++index));
                }
                prints = new ArrayList<>();
                steps.add(new Step(block.line() + first, command.toString().strip(), prints));
            } else if (steps.isEmpty()) {
                throw new AssertionError(document.name() + ":" + block.line() + ": the block begins without a command");
            } else {
                prints.add(lines.get(index));
            }
        }
        return steps;
    }

    private void carryOut(Step step) throws IOException, InterruptedException {
        Running running = start(step);
        if (step.goesOn()) {
            if (beside != null || step.prints().stream().anyMatch(line -> !line.isBlank())) {
                throw new AssertionError("the command runs beside the next one; expected one command after it");
            }
            beside = running;
            return;
        }
        List<String> printed = new ArrayList<>(end(running));
        if (beside != null) {
            printed.addAll(end(beside));
            beside = null;
        }
        names = Expectation.compare(step.prints(), printed, names);
    }

    private Running start(Step step) throws IOException {
        String command =
                step.goesOn() ? step.command().substring(0, step.command().length() - 1) : step.command();
        Path output = Files.createTempFile(directory, ".output", "");
        ProcessBuilder bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        ". ./" + DEFINED + "\n"
                                + keeping(names.inThisRun(command.replaceAll("\\b" + DOCUMENTED_PORT + "\\b", port)))
                                        .replace(DOCUMENTED, address)
                                        .replace(
                                                DOCUMENTED_CLASS_PATH,
                                                "\"$UNDER_TEST_JAVA\" -cp \"$UNDER_TEST\" " + Documents.REPOSITORY
                                                        + "/examples/")
                                        .replace(
                                                DOCUMENTED_JAR,
                                                "\"$UNDER_TEST_JAVA\" -cp \"$UNDER_TEST\" io.streamkeeper.server.cli.Main"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        bash.environment().put("UNDER_TEST_JAVA", ClassPath.java().toString());
        bash.environment().put("UNDER_TEST", ClassPath.text());
        bash.environment().put("CURL_HOME", directory.toString());
        bash.environment().put("no_proxy", "*");
        bash.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
        bash.environment().put("DS_URL", "http://" + address + "/v1/stream/");
        return new Running(step, bash.start(), output);
    }

    /** The command, and another one that keeps what it defines. */
    private static String keeping(String command) {
        Matcher definition = DEFINITION.matcher(command);
        if (!definition.matches()) {
            return command;
        }
        String kind = definition.group(2).equals("=") ? " -p " : " -f ";
        return command + "\ndeclare" + kind + definition.group(1) + " >> " + DEFINED;
    }

    /** Waits until the command ends with status 0; returns its output. */
    private List<String> end(Running running) throws IOException, InterruptedException {
        boolean ended = running.process().waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS);
        if (!ended) {
            running.process().destroyForcibly().waitFor();
        }
        String printed = Files.readString(running.output())
                .replace(address, DOCUMENTED)
                .replace("127.0.0.1:" + port, "127.0.0.1:" + DOCUMENTED_PORT);
        if (!ended || running.process().exitValue() != 0) {
            String how = ended ? "with status " + running.process().exitValue() : "only when it was killed";
            throw new AssertionError("the command ended " + how + "\n--- printed\n" + printed);
        }
        return printed.lines().toList();
    }

    @Override
    public void close() {
        if (beside != null) {
            beside.process().destroyForcibly();
        }
    }
}
