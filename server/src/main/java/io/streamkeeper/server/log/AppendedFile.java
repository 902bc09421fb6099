package io.streamkeeper.server.log;

import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file to which lines are appended, and which need not exist. */
final class AppendedFile implements LineTarget {
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);

    private final Path file;

    /** Whether the file may end with a part of a line: an append has failed, or an earlier process was killed in one. */
    private boolean mayBeTorn = true;

    AppendedFile(Path file) {
        this.file = file;
    }

    static OutputStream open(Path file) throws IOException {
        try {
            return Channels.newOutputStream(Files.newByteChannel(
                    file, OPTIONS, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        } catch (UnsupportedOperationException e) {
            return Channels.newOutputStream(Files.newByteChannel(file, OPTIONS));
        }
    }

    @Override
    public void append(byte[] bytes) throws IOException {
        boolean checks = mayBeTorn;
        mayBeTorn = true;
        try (OutputStream out = open(file)) {
            out.write(checks && isTorn() ? afterPart(bytes) : bytes);
        }
        mayBeTorn = false;
    }

    /** Whether the file ends with a part of a line. One that cannot be read counts as torn; a pipe has no end. */
    private boolean isTorn() {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long bytes = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            return bytes > 0 && (channel.position(bytes - 1).read(last) < 1 || last.get(0) != '\n');
        } catch (IOException e) {
            return true;
        }
    }

    /** Lines that follow a part of a line. */
    static byte[] afterPart(byte[] lines) {
        byte[] all = new byte[lines.length + 1];
        all[0] = '\n';
        System.arraycopy(lines, 0, all, 1, lines.length);
        return all;
    }

    @Override
    public String problem(IOException failure) {
        return FileProblem.text(failure, file);
    }
}
