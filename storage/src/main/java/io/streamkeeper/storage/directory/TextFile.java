package io.streamkeeper.storage.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A small file of lines, each of which is a word and its values; the last line is the checksum of the others. It is
 * replaced as a whole: a crash leaves the old file or the new one. Blocks.
 */
public final class TextFile {
    private static final String CHECKSUM = "crc32c ";
    private static final int BYTES_MAX = 64 << 20;

    private TextFile() {}

    /** A file was replaced, but it is not known whether the replacement is durable: the failure is final (I9). */
    public static final class Uncertain extends IOException {
        private static final long serialVersionUID = 1L;

        Uncertain(Path file, IOException cause) {
            super("whether " + file + " was replaced is not known: " + cause.getMessage(), cause);
        }
    }

    /**
     * Replaces the contents of {@code file} by {@code lines}.
     *
     * @throws Uncertain if it is not known whether the file was replaced; after any other exception it was not
     */
    public static void write(Disk disk, Path file, List<String> lines) throws IOException {
        byte[] bytes = encode(lines);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try {
            try (DiskFile opened = disk.create(temporary)) {
                opened.writeFully(0, ByteBuffer.wrap(bytes));
                opened.sync();
            }
            disk.replace(temporary, file);
        } catch (DiskException e) {
            if (e.operation() == DiskException.Operation.SYNC_DIRECTORY) {
                throw new Uncertain(file, e);
            }
            discard(disk, temporary, e);
            throw e;
        }
    }

    /** The bytes of a file with these lines. */
    public static byte[] encode(List<String> lines) {
        String text = String.join("\n", lines) + "\n";
        return (text + checksumLine(text)).getBytes(UTF_8);
    }

    /** Removes the temporary file, because its space may be needed; if that fails, the next write removes it. */
    private static void discard(Disk disk, Path temporary, DiskException reason) {
        try {
            if (disk.exists(temporary)) {
                disk.delete(temporary);
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static String checksumLine(String text) {
        return CHECKSUM + String.format(Locale.ROOT, "%08x", Checksum.of(ByteBuffer.wrap(text.getBytes(UTF_8)))) + "\n";
    }

    /**
     * The lines of {@code file} without the checksum.
     *
     * @throws DamagedFileException if the checksum does not match
     */
    public static List<String> read(Disk disk, Path file) throws IOException {
        try (DiskFile opened = disk.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, opened.size()));
            opened.readFully(0, bytes);
            return decode(file.toString(), bytes.flip());
        }
    }

    /**
     * The lines in the bytes of a file, without the checksum.
     *
     * @param file its name in messages
     * @throws DamagedFileException if the checksum does not match
     */
    public static List<String> decode(String file, ByteBuffer bytes) throws DamagedFileException {
        String all = UTF_8.decode(bytes).toString();
        int last = all.lastIndexOf(CHECKSUM);
        if (last < 0 || !all.substring(last).equals(checksumLine(all.substring(0, last)))) {
            throw new DamagedFileException(file, Math.max(0, last), "the checksum in the last line does not match");
        }
        return all.substring(0, last).lines().toList();
    }

    /** The value after {@code word} in a line that must exist. */
    public static String value(Path file, List<String> lines, String word) throws IOException {
        return value(file.toString(), lines, word);
    }

    /** As {@link #value(Path, List, String)}, of a file with this name in messages. */
    static String value(String file, List<String> lines, String word) throws IOException {
        for (String line : lines) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1);
            }
        }
        throw new DamagedFileException(file, 0, "there is no line \"" + word + "\"");
    }
}
