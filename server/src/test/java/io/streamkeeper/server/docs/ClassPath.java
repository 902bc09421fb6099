package io.streamkeeper.server.docs;

import java.io.File;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classes under test and what they need, for other processes. */
final class ClassPath {
    /** What only the packaged jar has besides the classes. */
    private static final Path PACKAGED = Path.of("src", "packaged").toAbsolutePath();

    private ClassPath() {}

    /** Without the tests: what readers have in the packaged jar. */
    static String text() {
        Stream<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.endsWith("test-classes"));
        return Stream.concat(entries, Stream.of(PACKAGED.toString())).collect(Collectors.joining(File.pathSeparator));
    }

    /** The launcher of this JVM. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
