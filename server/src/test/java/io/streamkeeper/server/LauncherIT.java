package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, installed as documented: with an archive of the classes, without one, and with one that the JVM cannot
 * use, which no user notices but by the start time.
 */
class LauncherIT {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("is ready on (http://127\\.0\\.0\\.1:\\d+)/");
    private static final Pattern ARCHIVED = Pattern.compile(
            "^io\\.streamkeeper\\.server\\.cli\\.Main source: shared objects file.*", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    private Path installed;
    private Path launcher;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void install() throws IOException {
        install("streamkeeper");
    }

    private void install(String directory) throws IOException {
        Path bin = Path.of(System.getProperty("streamkeeper.bin"));
        installed = Files.createDirectory(folder.resolve(directory));
        launcher = installed.resolve("durable-streams-server");
        Files.copy(bin.resolve("durable-streams-server"), launcher);
        Files.copy(bin.resolve("jvm.options"), installed.resolve("jvm.options"));
        Files.copy(bin.resolve("jvm.small.options"), installed.resolve("jvm.small.options"));
        Files.copy(PackagedServer.jar(), installed.resolve("durable-streams-server.jar"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    @Test
    void withoutAnArchiveItStartsFromTheJar() throws Exception {
        assertThat(start().archived()).isFalse();
    }

    @Test
    void anArchiveIsMadeOnceAndUsed() throws Exception {
        assertThat(run("archive").output()).contains(" is made").contains(installed.toString());
        assertThat(run("archive").output()).contains(" is up to date");
        assertThat(archives()).hasSize(1);
        assertThat(start().archived()).isTrue();
    }

    @Test
    void anArchiveOfAnotherJarIsIgnoredAndMadeAgain() throws Exception {
        assertThat(run("archive").status()).isZero();
        Path jar = installed.resolve("durable-streams-server.jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 86_400_000));
        assertThat(start().archived()).isFalse();
        assertThat(run("archive").output()).contains(" is made");
        assertThat(start().archived()).isTrue();
    }

    /** The JVM compares its own version and build with those in the first bytes of the file. */
    @Test
    void anArchiveOfAnotherJvmOrADamagedOneIsIgnored() throws Exception {
        assertThat(run("archive").status()).isZero();
        Path archive = archives().get(0);
        byte[] whole = Files.readAllBytes(archive);
        assertThat(archive.toFile().setWritable(true)).isTrue();
        String content = new String(whole, StandardCharsets.ISO_8859_1);
        int version = content.indexOf("for linux");
        assertThat(version).as("the place of the version of the JVM").isPositive();
        byte[] other = whole.clone();
        other[version] = 'F';
        for (byte[] unusable : List.of(other, new byte[100], new byte[0])) {
            Files.write(archive, unusable, StandardOpenOption.TRUNCATE_EXISTING);
            assertThat(start().archived()).as("%d bytes", unusable.length).isFalse();
        }
        assertThat(run("archive").output()).contains(" is made");
    }

    @Test
    void aDirectoryInWhichNoArchiveCanBeMadeIsOneLineAndTheServerStarts() throws Exception {
        environment.put("STREAMKEEPER_ARCHIVES", "/proc/no such directory");
        Run failed = run("archive");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.output()).startsWith("durable-streams-server: cannot make /proc/no such directory/");
        assertThat(start().archived()).isFalse();
    }

    @Test
    void anArchiveInAnotherDirectoryIsUsedInAnotherLocaleThroughALink() throws Exception {
        Path archives = Files.createDirectory(folder.resolve("my archives"));
        environment.put("STREAMKEEPER_ARCHIVES", archives.toString());
        environment.put("LC_ALL", "ar_EG.UTF-8");
        launcher = Files.createSymbolicLink(folder.resolve("a link"), Path.of("streamkeeper/durable-streams-server"));
        assertThat(run("archive").output()).contains(archives.toString()).contains(" is made");
        assertThat(start().archived()).isTrue();
    }

    /** JDK 17 archives no class of a jar whose path has a space, only its own classes. */
    @Test
    void aPathWithSpacesIsStartedFrom() throws Exception {
        install("stream keeper  *");
        assertThat(run("archive").output()).contains(installed.toString()).contains(" is made");
        assertThat(start().archived()).isEqualTo(Runtime.version().feature() >= 25);
    }

    @Test
    void flagsOfTheUserReachTheJvmAndTheServer() throws Exception {
        environment.put("JDK_JAVA_OPTIONS", "-Xmx200m");
        Path file = Files.writeString(folder.resolve("no flags"), "# none\n");
        environment.put("STREAMKEEPER_JVM_OPTIONS", file.toString());
        assertThat(run("--help").output()).contains("Usage: java -jar durable-streams-server.jar");
        Run refused = run("--port", "* a  b");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).contains("'* a  b'");
        assertThat(start().log()).contains("heap 200, ");
    }

    @Test
    void aSmallContainerHasItsOwnFlags() throws Exception {
        environment.put("STREAMKEEPER_MEMORY", "256");
        assertThat(start().log()).contains("heap 38, direct 20, ");
        environment.put("STREAMKEEPER_MEMORY", "257");
        assertThat(start().log()).doesNotContain("heap 38, direct 20, ");
    }

    @Test
    void whatIsMissingIsOneLine() throws Exception {
        environment.put("JAVA_HOME", "/no such jdk");
        assertOneLine(run(), "JAVA_HOME is '/no such jdk', which has no bin/java");
        environment.remove("JAVA_HOME");
        environment.put("STREAMKEEPER_JAR", "/no such jar");
        assertOneLine(run(), "/no such jar does not exist");
        environment.remove("STREAMKEEPER_JAR");
        assertOneLine(run("archive", "now"), "archive takes no arguments");
    }

    @Test
    void anOldJvmIsOneLine() throws Exception {
        environment.put("JAVA_HOME", jvm("11.0.2").toString());
        assertOneLine(run(), "/bin/java is Java 11, expected 17 or newer");
        environment.put("JAVA_HOME", jvm("1.8.0_402").toString());
        assertOneLine(run(), "/bin/java is Java 1, expected 17 or newer");
    }

    @Test
    void aCheckoutThatIsNotBuiltNeedsACompiler() throws Exception {
        Files.delete(installed.resolve("durable-streams-server.jar"));
        Path wrapper = Files.writeString(folder.resolve("mvnw"), "#!/bin/sh\necho built with $*\n");
        assertThat(wrapper.toFile().setExecutable(true)).isTrue();
        launcher = Files.createSymbolicLink(installed.resolve("ds"), launcher.getFileName());
        Path jvm = jvm("17.0.15");
        environment.put("JAVA_HOME", jvm.toString());
        assertOneLine(run("serve"), jvm + " has no compiler, and the first start builds the jar; install a JDK");

        Files.createFile(jvm.resolve("bin/javac")).toFile().setExecutable(true);
        assertThat(run("serve").output()).contains("built with --batch-mode").contains("package");
    }

    /** A directory that looks like the JVM of a version. */
    private Path jvm(String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve("java " + version));
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        assertThat(Files.createFile(java).toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void assertOneLine(Run run, String message) {
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output().strip().lines()).singleElement().asString().contains(message);
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(installed)) {
            return files.filter(file -> file.toString().matches(".*\\.(aot|jsa)(\\..*)?"))
                    .toList();
        }
    }

    /**
     * A start.
     *
     * @param archived whether the classes came from the archive
     * @param log what the server printed
     */
    private record Started(boolean archived, String log) {}

    /** Starts the server, sends it a request, and stops it; it prints only what it prints in any case. */
    private Started start() throws Exception {
        Path log = folder.resolve("log");
        Path classes = folder.resolve("classes");
        Map<String, String> withLog = new TreeMap<>(environment);
        withLog.merge(
                "JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes + ":none", (own, more) -> own + " " + more);
        Process process = process(
                withLog,
                log,
                "--port",
                "0",
                "--data-dir",
                folder.resolve("data").toString());
        try {
            await().atMost(WAIT_MAX)
                    .failFast(() ->
                            assertThat(process.isAlive()).as(() -> read(log)).isTrue())
                    .until(() -> READY.matcher(read(log)).find() && read(log).contains("Memory: "));
            Matcher ready = READY.matcher(read(log));
            assertThat(ready.find()).isTrue();
            assertThat(HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(ready.group(1) + "/health"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            // SIGTERM: the launcher is no process of its own.
            process.destroy();
            assertThat(process.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(read(log).strip().lines())
                .satisfiesExactly(
                        note -> assertThat(note).startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"),
                        line -> assertThat(line).contains(" is ready on "),
                        line -> assertThat(line).startsWith("Administration is on "),
                        line -> assertThat(line).startsWith("Access: "),
                        line -> assertThat(line).startsWith("Data: "),
                        line -> assertThat(line).startsWith("Process: "),
                        line -> assertThat(line).startsWith("Memory: "),
                        line -> assertThat(line).startsWith("Console: "),
                        line -> assertThat(line).startsWith("Try: curl "),
                        line -> assertThat(line).startsWith("Streamkeeper stops "),
                        line -> assertThat(line).startsWith("Streamkeeper has stopped, in "));
        return new Started(ARCHIVED.matcher(read(classes)).find(), read(log));
    }

    private record Run(int status, String output) {}

    private Run run(String... arguments) throws Exception {
        Path output = folder.resolve("output");
        Process process = process(environment, output, arguments);
        assertThat(process.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), read(output));
    }

    private Process process(Map<String, String> variables, Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("STREAMKEEPER_") || name.equals("JAVA_HOME"));
        builder.environment().putAll(variables);
        return builder.start();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
