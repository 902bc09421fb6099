package io.streamkeeper.cluster.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.PeerClient;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives one state from one member. After a failure it goes on where it was, as long as the member keeps the state.
 * Owned by one thread, which blocks.
 */
final class StateTransfer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateTransfer.class);

    private static final long OFFER_MILLIS_MAX = 60_000;
    private static final long READ_MILLIS_MAX = 30_000;

    /** What the file system needs beside the bytes of the files. */
    private static final long ROOM_BYTES = 1 << 20;

    private static final int ROOM_PART = 64;

    private final Disk disk = new LocalDisk();
    private final PeerClient client;
    private final Incoming incoming;
    private final BooleanSupplier ends;
    private final StateDescription state;
    /** The files that are there as a whole. */
    private final Set<String> whole = new HashSet<>();

    private final AtomicLong received = new AtomicLong();

    /**
     * Asks a member for its state.
     *
     * @param isNew whether the directory is that of a new member
     * @param last index of an entry that the log of the state must have
     * @param ends whether to give up
     * @throws IOException if the member does not give it
     */
    StateTransfer(ClusterConfig config, Member from, Incoming incoming, boolean isNew, long last, BooleanSupplier ends)
            throws IOException {
        this.client = new PeerClient(from, config.tls());
        this.incoming = incoming;
        this.ends = ends;
        try {
            String words = "offer " + config.cluster() + " " + config.self() + (isNew ? " new " : " behind ") + last;
            String text = UTF_8.decode(ask(words, OFFER_MILLIS_MAX)).toString();
            Path name = incoming.path("the offer of " + from.name());
            this.state = StateDescription.of(name, text.lines().toList());
            requireGroup(config);
            incoming.begin(state);
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private void requireGroup(ClusterConfig config) throws IOException {
        try {
            MemberDirectory.requireGroup(config, state.group());
        } catch (IOException e) {
            throw new TransferException(StateAnswer.Kind.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    Member from() {
        return client.member();
    }

    /** What was received of it. */
    String progress() {
        return "it receives the state of member " + from().name() + ": " + (received.get() >> 20) + " of "
                + (state.bytes() >> 20) + " MiB";
    }

    private ByteBuffer ask(String words, long timeoutMillis) throws IOException {
        if (ends.getAsBoolean()) {
            throw new TransferException(StateAnswer.Kind.LATER, "the transfer was given up");
        }
        byte[] text = words.getBytes(UTF_8);
        byte[] request = new byte[1 + text.length];
        request[0] = StateServer.KIND;
        System.arraycopy(text, 0, request, 1, text.length);
        StateAnswer answer = StateAnswer.parse(client.ask(request, timeoutMillis));
        if (answer.kind() != StateAnswer.Kind.GIVEN) {
            throw new TransferException(answer.kind(), "member " + from().name() + " gives no state: " + answer.text());
        }
        return answer.content();
    }

    /**
     * Receives what is missing, and marks the state as ready.
     *
     * @throws io.streamkeeper.storage.disk.DamagedFileException if a file is damaged
     * @throws IOException if the member or the disk fails
     */
    void run() throws IOException {
        requireRoom();
        received.set(0);
        for (int number = 0; number < state.files().size(); number++) {
            StateDescription.File file = state.files().get(number);
            if (!whole.contains(file.name())) {
                receive(number, file);
                whole.add(file.name());
            } else {
                received.addAndGet(file.bytes());
            }
        }
        incoming.complete(state);
        LOG.info(
                "the state of member {} is received: {} files, {} bytes, up to {}",
                from().name(),
                state.files().size(),
                state.bytes(),
                state.end());
        try {
            ask("done " + state.id(), READ_MILLIS_MAX);
        } catch (IOException e) {
            LOG.debug("member {} keeps the files of the state for some time", from().name(), e);
        }
    }

    private void requireRoom() throws IOException {
        long needed = state.bytes() + state.bytes() / ROOM_PART + ROOM_BYTES;
        for (StateDescription.File file : state.files()) {
            Path path = incoming.path(file.name());
            if (disk.exists(path)) {
                try (DiskFile opened = disk.open(path)) {
                    needed -= Math.min(opened.size(), file.bytes());
                }
            }
        }
        long usable = disk.usableBytes(incoming.directory());
        if (usable < needed) {
            throw new DiskException(
                    DiskException.Operation.WRITE,
                    incoming.directory(),
                    "the state of member " + from().name() + " needs " + needed + " bytes more, and the disk has "
                            + usable + "; expected space for both states, because the own one goes only when the other"
                            + " one is whole");
        }
    }

    private void receive(int number, StateDescription.File file) throws IOException {
        Path path = incoming.path(file.name());
        try (DiskFile opened = disk.exists(path) ? disk.open(path) : disk.create(path)) {
            long position = equalPrefix(number, file, opened);
            opened.truncate(position);
            received.addAndGet(position);
            while (position < file.bytes()) {
                ByteBuffer bytes = read(number, file, position);
                int count = bytes.remaining();
                opened.writeFully(position, bytes);
                position += count;
                received.addAndGet(count);
            }
            opened.sync();
        }
    }

    /** How many bytes at the beginning of the file are there, and equal. */
    private long equalPrefix(int number, StateDescription.File file, DiskFile opened) throws IOException {
        long there = Math.min(opened.size(), file.bytes());
        long position = 0;
        while (position < there) {
            int length = (int) Math.min(StateServer.SUM_BYTES_MAX, there - position);
            String words = "sum " + state.id() + " " + number + " " + position + " " + length;
            if (ask(words, OFFER_MILLIS_MAX).getInt() != sumOf(opened, position, length)) {
                return position;
            }
            position += length;
        }
        return position;
    }

    private static int sumOf(DiskFile file, long position, int length) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(StateServer.READ_BYTES_MAX);
        for (int done = 0; done < length; done += buffer.limit()) {
            buffer.clear().limit(Math.min(buffer.capacity(), length - done));
            file.readFully(position + done, buffer);
            crc.update(buffer.flip());
        }
        return (int) crc.getValue();
    }

    private ByteBuffer read(int number, StateDescription.File file, long position) throws IOException {
        long length = Math.min(StateServer.READ_BYTES_MAX, file.bytes() - position);
        ByteBuffer answer = ask("read " + state.id() + " " + number + " " + position + " " + length, READ_MILLIS_MAX);
        int checksum = answer.getInt();
        if (answer.remaining() != length || checksum != Checksum.of(answer)) {
            throw new TransferException(
                    StateAnswer.Kind.LATER,
                    "the bytes of " + file.name() + " from " + position + " on have not arrived as member "
                            + from().name() + " sent them");
        }
        return answer;
    }

    @Override
    public void close() {
        client.close();
    }
}
