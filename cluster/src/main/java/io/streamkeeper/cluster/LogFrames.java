package io.streamkeeper.cluster;

import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/** Reads the frames in the files of a log, which were checked and do not change. Used by one thread. */
final class LogFrames implements FrameSource {
    private final Disk disk;
    private final Path directory;
    private final long lastIndex;
    private final int frameBytesMax;

    /**
     * The log in a directory.
     *
     * @param lastIndex entries after it are not read
     * @param frameBytesMax a longer frame is refused
     */
    LogFrames(Disk disk, Path directory, long lastIndex, int frameBytesMax) {
        this.disk = disk;
        this.directory = directory;
        this.lastIndex = lastIndex;
        this.frameBytesMax = frameBytesMax;
    }

    private interface EntryVisitor {
        void entry(SegmentReader.Entry entry) throws IOException;
    }

    private void read(long firstIndex, EntryVisitor visitor) throws IOException {
        for (SegmentFile segment : SegmentFile.list(disk, directory)) {
            boolean isBefore = !segment.isOpen() && segment.end() < firstIndex;
            if (isBefore || segment.first() > lastIndex) {
                continue;
            }
            try (DiskFile file = disk.open(segment.file())) {
                SegmentReader reader = new SegmentReader(file);
                for (SegmentReader.Entry entry = reader.next();
                        entry != null && entry.at().index() <= lastIndex;
                        entry = reader.next()) {
                    if (entry.at().index() >= firstIndex) {
                        visitor.entry(entry);
                    }
                }
            }
        }
    }

    @Override
    public void replay(long firstIndex, Visitor visitor) throws IOException {
        FrameParts parts = new FrameParts(frameBytesMax);
        long[] from = {firstIndex};
        read(firstIndex, entry -> {
            ByteBuffer frame = add(parts, entry);
            if (frame != null) {
                visitor.frame(from[0], entry.at(), frame);
                from[0] = entry.at().index() + 1;
            }
        });
    }

    private static @Nullable ByteBuffer add(FrameParts parts, SegmentReader.Entry entry) throws IOException {
        LogEntryProto proto = LogEntryProto.parseFrom(entry.body());
        if (!proto.hasStateMachineLogEntry()) {
            parts.termIs(entry.at().term());
            return null;
        }
        try {
            return parts.add(
                    entry.at(), proto.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        } catch (UnreadableEntryException e) {
            throw new IOException(
                    "the entry " + entry.at() + " of the log cannot be read: " + e.getMessage()
                            + "; start this member with the version that wrote it, and with its limits",
                    e);
        }
    }

    /** Index of the last entry that the log itself says is committed, or -1. */
    long committed() throws IOException {
        long[] committed = {-1};
        read(0, entry -> {
            LogEntryProto proto = LogEntryProto.parseFrom(entry.body());
            if (proto.hasMetadataEntry()) {
                committed[0] = Math.max(committed[0], proto.getMetadataEntry().getCommitIndex());
            }
        });
        return committed[0];
    }
}
