package io.streamkeeper.server.log;

import io.streamkeeper.storage.disk.FileProblem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where lines are written: a file, or standard output. Used by one thread at a time. */
public interface LineTarget {
    /**
     * Appends bytes, which are whole lines.
     *
     * @throws IOException if they cannot be written; some of them may have been
     */
    void append(byte[] bytes) throws IOException;

    /** {@return what the failure of {@link #append} means, in the words of a log} */
    String problem(IOException failure);

    /**
     * {@return a file to append to, which is created for its owner only if it does not exist. It is opened for each
     * batch of lines, so that it may be renamed at any time (log rotation)}
     *
     * @throws IOException if it cannot be written
     */
    static LineTarget file(Path file) throws IOException {
        try {
            AppendedFile.open(file).close();
        } catch (IOException e) {
            throw FileProblem.explained(e, file);
        }
        return new AppendedFile(file);
    }

    /** {@return the standard output of the process} */
    static LineTarget standardOutput() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out));
    }

    /**
     * A file.
     *
     * @param file may not exist
     */
    record AppendedFile(Path file) implements LineTarget {
        private static final Set<OpenOption> OPTIONS =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);

        private static OutputStream open(Path file) throws IOException {
            try {
                return Channels.newOutputStream(Files.newByteChannel(
                        file,
                        OPTIONS,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
            } catch (UnsupportedOperationException e) {
                return Channels.newOutputStream(Files.newByteChannel(file, OPTIONS));
            }
        }

        @Override
        public void append(byte[] bytes) throws IOException {
            try (OutputStream out = open(file)) {
                out.write(bytes);
            }
        }

        @Override
        public String problem(IOException failure) {
            return FileProblem.text(failure, file);
        }
    }

    /**
     * Standard output, which is never closed.
     *
     * @param out not buffered
     */
    record StandardOutput(OutputStream out) implements LineTarget {
        @Override
        public void append(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        @Override
        public String problem(IOException failure) {
            return "standard output: " + failure.getMessage();
        }
    }
}
