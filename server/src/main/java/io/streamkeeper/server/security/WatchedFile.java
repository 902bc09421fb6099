package io.streamkeeper.server.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parsed content of a file that is read again when it changes. A new content that is not valid is reported once and
 * not used: the last valid one stays. {@link #check} is called by one thread; any thread may read the value.
 *
 * @param <T> an immutable value
 */
public final class WatchedFile<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

    /** Reads a file; blocks. */
    interface Source {
        byte[] read(Path file) throws IOException;
    }

    /** Parses the content of a file. */
    interface Parser<T> {
        /** Returns the value; throws an IllegalArgumentException, without any secret, if the content is not valid. */
        T parse(byte[] content);
    }

    private final Path file;
    private final Source source;
    private final Parser<T> parser;
    private Map<String, Object> attributes;
    private byte[] content;
    private String problem = "";
    private volatile T value;

    private WatchedFile(Path file, Source source, Parser<T> parser) throws IOException {
        this.file = file;
        this.source = source;
        this.parser = parser;
        this.attributes = attributes(file);
        this.content = source.read(file);
        try {
            this.value = parser.parse(content);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file for the first time.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if its content is not valid; the message names the file
     */
    static <T> WatchedFile<T> open(Path file, Source source, Parser<T> parser) throws IOException {
        return new WatchedFile<>(file, source, parser);
    }

    /**
     * Reads a file with rules for the first time, which only its owner may write.
     *
     * @param file the path
     * @param parser parses the lines; throws an IllegalArgumentException if one is not valid
     * @param <T> an immutable value
     * @return the file, which changes when {@link #check} is called
     * @throws IOException if it cannot be read, or others may write it
     * @throws IllegalArgumentException if its content is not valid; the message names the file
     */
    public static <T> WatchedFile<T> ofRules(Path file, Function<List<String>, T> parser) throws IOException {
        return open(file, SecretFile::readRules, lines(parser));
    }

    /**
     * Reads a file with secrets for the first time, which only its owner may read.
     *
     * @param file the path
     * @param parser parses the lines; throws an IllegalArgumentException, without any secret, if one is not valid
     * @param <T> an immutable value
     * @return the file, which changes when {@link #check} is called
     * @throws IOException if it cannot be read, or others may read it; the message contains the remedy
     * @throws IllegalArgumentException if its content is not valid; the message names the file
     */
    public static <T> WatchedFile<T> ofSecrets(Path file, Function<List<String>, T> parser) throws IOException {
        return open(file, SecretFile::readSecret, lines(parser));
    }

    /** A parser of lines. */
    static <T> Parser<T> lines(Function<List<String>, T> parser) {
        return bytes -> parser.apply(SecretFile.lines(bytes));
    }

    /** {@return the last valid content} */
    public T value() {
        return value;
    }

    /** {@return whether the file has a new value; it is read again if it has changed} */
    public boolean check() {
        try {
            Map<String, Object> now = attributes(file);
            if (now.equals(attributes)) {
                return false;
            }
            attributes = now;
            byte[] found = source.read(file);
            if (Arrays.equals(found, content)) {
                report("");
                return false;
            }
            T parsed = parser.parse(found);
            content = found;
            value = parsed;
            report("");
            LOG.info("{} was read again", file);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            report(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** What differs after any change; of a file that cannot be read, nothing. */
    private static Map<String, Object> attributes(Path file) {
        try {
            return Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return basicAttributes(file);
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static Map<String, Object> basicAttributes(Path file) {
        try {
            return Files.readAttributes(file, "size,lastModifiedTime");
        } catch (IOException e) {
            return Map.of();
        }
    }

    private void report(String newProblem) {
        if (!newProblem.isEmpty() && !newProblem.equals(problem)) {
            LOG.warn("{} has changed and cannot be used; its last valid content stays in use: {}", file, newProblem);
        }
        problem = newProblem;
    }
}
