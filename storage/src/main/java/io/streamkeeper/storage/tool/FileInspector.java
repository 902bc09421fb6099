package io.streamkeeper.storage.tool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.IndexEntry;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.journal.LogReader;
import io.streamkeeper.storage.journal.SegmentLayout;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.StoredRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Prints the contents of one file of the store in readable form. Changes nothing; used by one thread, which may block.
 */
public final class FileInspector {
    private final Disk disk;
    private final Consumer<String> out;

    /** An inspector that passes its output to {@code out}, line by line. */
    public FileInspector(Disk disk, Consumer<String> out) {
        this.disk = disk;
        this.out = out;
    }

    /**
     * Prints the contents of a journal segment or an extent file.
     *
     * @throws IOException if it is neither, or cannot be read
     */
    public void inspect(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".wal")) {
            inspectSegment(file);
        } else if (name.endsWith(".ext")) {
            inspectExtent(file);
        } else {
            throw new IOException(file + " is neither a journal segment (.wal) nor an extent file (.ext); MANIFEST and"
                    + " FORMAT are text");
        }
    }

    private void inspectSegment(Path file) throws IOException {
        Interned interned = new Interned();
        SegmentLayout.Header header = LogReader.readSegment(disk, file, new LogReader.Visitor() {
            @Override
            public ByteBuf buffer(int bytes) {
                return Unpooled.buffer(bytes, bytes);
            }

            @Override
            public void frame(ByteBuf buffer, int index, FrameLayout.Header frame) {
                out.accept("frame of " + frame.length() + " bytes, records " + frame.firstLsn() + " to "
                        + frame.lastLsn() + ", written when the segment was durable up to " + frame.durable());
                ByteBuf records =
                        buffer.slice(index + FrameLayout.HEADER_BYTES, frame.length() - FrameLayout.HEADER_BYTES);
                for (int i = 0; i < frame.count(); i++) {
                    RecordCodec.Read read = RecordCodec.read(records, interned);
                    out.accept("  " + (frame.firstLsn() + i) + " " + read.record() + " with "
                            + read.runs().bytes() + " bytes, " + read.runs().messages() + " messages");
                }
            }
        });
        out.accept(header == null ? "the segment was not begun, or its header cannot be read" : header.toString());
    }

    private void inspectExtent(Path file) throws IOException {
        ExtentFile extent = ExtentFile.openAny(file.toString(), LocalExtentFiles.open(disk, file));
        try {
            out.accept(extent.describe());
            Interned interned = new Interned();
            ExtentFile.Cursor cursor = extent.entries();
            for (IndexEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
                ByteBuf meta = entry.meta();
                out.accept("stream " + entry.generation()
                        + (meta == null ? "" : " " + StreamMeta.decode(meta, entry.generation(), interned)));
                StoredRuns runs = entry.runs();
                for (int run = 0; run < runs.count(); run++) {
                    out.accept("  positions " + runs.start(run) + " to " + runs.end(run) + ", " + runs.messages(run)
                            + " messages, at byte " + runs.position(run));
                }
            }
        } finally {
            extent.release();
        }
    }
}
