package io.streamkeeper.cluster.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.journal.RecordBatches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The format of a frame of the replicated log. All numbers are big-endian.
 *
 * <pre>
 *   0  4  CRC32C of everything after it
 *   4  1  version of the format
 *   5  1  kind: 1 records, 2 leader
 *   6     a frame of records: sections, one after the other
 *         a frame of a leader: its lines, in UTF-8
 *
 *   section: the records that a shard has staged one after the other, in one epoch
 *   0  4  shard
 *   4  1  1 if a record creates a fork, else 0
 *   5  8  lsn of the first record; each further record has the next
 *  13  4  number of records
 *  17  4  length of the records in bytes
 *  21     the records, as in the files of a journal
 * </pre>
 */
final class RecordFrame {
    static final int HEADER_BYTES = 6;
    static final int SECTION_HEADER_BYTES = 21;

    private static final byte VERSION = 1;
    private static final byte RECORDS = 1;
    private static final byte LEADER = 2;
    private static final int VERSION_AT = Integer.BYTES;
    private static final int KIND_AT = VERSION_AT + 1;

    private RecordFrame() {}

    /**
     * Records of one shard.
     *
     * @param shard its number
     * @param forks whether a record creates a fork
     * @param firstLsn the lsn of the first record
     * @param count the number of records
     * @param records their bytes
     */
    record Section(int shard, boolean forks, long firstLsn, int count, ByteBuffer records) {
        long lastLsn() {
            return firstLsn + count - 1;
        }
    }

    /** The length of a section in a frame. */
    static int bytesOf(RecordBatches.Batch batch) {
        return SECTION_HEADER_BYTES + batch.length();
    }

    /** Begins a frame of records; sections follow. */
    static void beginRecords(ByteBuffer frame) {
        begin(frame, RECORDS);
    }

    private static void begin(ByteBuffer frame, byte kind) {
        frame.putInt(0).put(VERSION).put(kind);
    }

    /** Adds a section. */
    static void put(ByteBuffer frame, int shard, RecordBatches.Batch batch) {
        frame.putInt(shard)
                .put((byte) (batch.forks() ? 1 : 0))
                .putLong(batch.firstLsn())
                .putInt(batch.count())
                .putInt(batch.length());
        int end = frame.position() + batch.length();
        batch.memory().getBytes(batch.start(), frame.slice(frame.position(), batch.length()));
        frame.position(end);
    }

    /** Ends a frame, which is complete. */
    static void end(ByteBuffer frame) {
        frame.putInt(0, Checksum.of(frame.slice(VERSION_AT, frame.limit() - VERSION_AT)));
    }

    /** The bytes of the frame of a leader without its header. */
    static byte[] textOf(LeaderNotice leader) {
        return leader.text().getBytes(UTF_8);
    }

    static void putLeader(ByteBuffer frame, byte[] text) {
        begin(frame, LEADER);
        frame.put(text);
        end(frame);
    }

    /**
     * Checks a frame.
     *
     * @throws IllegalArgumentException if no member of this version has written it
     */
    static void check(ByteBuffer frame) {
        if (frame.remaining() < HEADER_BYTES) {
            throw new IllegalArgumentException("the frame has " + frame.remaining() + " bytes");
        }
        if (frame.get(VERSION_AT) != VERSION) {
            throw new IllegalArgumentException("the frame has version " + frame.get(VERSION_AT) + ", expected "
                    + VERSION + "; start this member with the version of the leader");
        }
        if (frame.getInt(0) != Checksum.of(frame.slice(VERSION_AT, frame.remaining() - VERSION_AT))) {
            throw new IllegalArgumentException("the checksum of the frame does not match");
        }
    }

    /** Whether a checked frame is one of a leader. */
    static boolean isLeader(ByteBuffer frame) {
        return frame.get(KIND_AT) == LEADER;
    }

    /** What the frame of a leader says. */
    static LeaderNotice leader(ByteBuffer frame) {
        return LeaderNotice.parse(UTF_8.decode(frame.slice(HEADER_BYTES, frame.remaining() - HEADER_BYTES))
                .toString());
    }

    /**
     * The sections of a checked frame of records, which refer to its bytes.
     *
     * @throws IllegalArgumentException if it has another kind, or a section is not complete
     */
    static List<Section> sections(ByteBuffer frame) {
        if (frame.get(KIND_AT) != RECORDS) {
            throw new IllegalArgumentException("the frame has the kind " + frame.get(KIND_AT)
                    + ", which is not known; start this member with the version of the leader");
        }
        List<Section> sections = new ArrayList<>();
        ByteBuffer rest = frame.slice(HEADER_BYTES, frame.remaining() - HEADER_BYTES);
        while (rest.hasRemaining()) {
            if (rest.remaining() < SECTION_HEADER_BYTES) {
                throw new IllegalArgumentException("the frame ends within the header of a section");
            }
            int shard = rest.getInt();
            boolean forks = rest.get() != 0;
            long firstLsn = rest.getLong();
            int count = rest.getInt();
            int length = rest.getInt();
            if (length < 0 || length > rest.remaining() || count < 1) {
                throw new IllegalArgumentException("a section of shard " + shard + " has " + count + " records in "
                        + length + " bytes, of which the frame has " + rest.remaining());
            }
            sections.add(new Section(shard, forks, firstLsn, count, rest.slice(rest.position(), length)));
            rest.position(rest.position() + length);
        }
        return sections;
    }
}
