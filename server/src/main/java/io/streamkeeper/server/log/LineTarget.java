package io.streamkeeper.server.log;

import io.streamkeeper.storage.disk.FileProblem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** Where lines are written: a file, or standard output. Used by one thread at a time. */
public interface LineTarget {
    /**
     * Appends bytes, which are whole lines. They begin a line, also after a failure that has left a part of one.
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
}
