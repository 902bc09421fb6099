package io.streamkeeper.cluster.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.PeerRequests;
import io.streamkeeper.cluster.state.StateAnswer.Kind;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives other members the state of this one. A request is the byte {@link #KIND}, and words:
 *
 * <pre>
 *   offer CLUSTER MEMBER KIND INDEX     a state with the log up to INDEX at least, for a member of KIND "new" or
 *                                       "behind": its description
 *   read ID FILE POSITION LENGTH        bytes of the file of this number: their CRC32C, and the bytes
 *   sum ID FILE POSITION LENGTH         the CRC32C of such bytes
 *   done ID                             the state is not needed any more
 * </pre>
 *
 * <p>The files of a state are kept for as long as they are read, and {@link #KEPT_MINUTES} minutes beyond. Safe for use
 * by any thread that may block.
 */
public final class StateServer implements PeerRequests {
    private static final Logger LOG = LoggerFactory.getLogger(StateServer.class);

    /** The first byte of each request. */
    public static final byte KIND = 1;

    /** The longest answer to a request for bytes. */
    static final int READ_BYTES_MAX = 1 << 20;

    /** The most bytes of which one request asks for the checksum. */
    static final int SUM_BYTES_MAX = 8 << 20;

    private static final int STATES_MAX = 2;
    private static final long KEPT_MINUTES = 10;
    private static final String DIRECTORY = "outgoing";

    private final ClusterConfig config;
    private final DataDirectory data;
    private final StateSource source;
    private final Path directory;
    private final long keptNanos;
    private final Map<UUID, PinnedState> states = new HashMap<>();
    private final AtomicReference<String> reported = new AtomicReference<>("");

    /**
     * Gives the state of a store.
     *
     * @throws IOException if what an earlier process has kept cannot be removed
     */
    public StateServer(ClusterConfig config, DataDirectory data, StateSource source) throws IOException {
        this(config, data, source, TimeUnit.MINUTES.toNanos(KEPT_MINUTES));
    }

    StateServer(ClusterConfig config, DataDirectory data, StateSource source, long keptNanos) throws IOException {
        this.config = config;
        this.data = data;
        this.source = source;
        this.keptNanos = keptNanos;
        this.directory = config.directory().resolve(DIRECTORY);
        FileTree.delete(new LocalDisk(), directory);
    }

    @Override
    public byte[] answer(byte[] request) {
        return answerTo(new String(request, 1, request.length - 1, UTF_8).split(" ", -1))
                .bytes();
    }

    private StateAnswer answerTo(String[] words) {
        try {
            return switch (words[0]) {
                case "offer" -> offer(words[1], words[2], words[3].equals("new"), Digits.toLong(words[4]));
                case "read" -> read(words);
                case "sum" -> sum(words);
                case "done" -> done(UUID.fromString(words[1]));
                default -> StateAnswer.of(Kind.LATER, "the request " + Quoted.of(words[0]) + " is not known here");
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return StateAnswer.of(Kind.LATER, "the request is not one of this version: " + e.getMessage());
        } catch (ExtentUnavailableException e) {
            // The tier reports it.
            return StateAnswer.of(Kind.LATER, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            report(String.valueOf(e.getMessage()));
            return StateAnswer.of(Kind.LATER, String.valueOf(e.getMessage()));
        }
    }

    /** Logs a trouble once while it stays the same: who asks, asks again and again. */
    private void report(String text) {
        if (!text.equals(reported.getAndSet(text))) {
            LOG.warn("the state of this member cannot be given: {}", text);
        }
    }

    private synchronized StateAnswer offer(String cluster, String member, boolean isNew, long last) throws IOException {
        if (!cluster.equals(config.cluster())) {
            return StateAnswer.of(
                    Kind.REFUSED, "this is the cluster " + config.cluster() + ", and not " + Quoted.of(cluster));
        }
        String unable = source.unable();
        if (unable != null) {
            return StateAnswer.of(Kind.LATER, unable);
        }
        if (isNew && source.hasMember(member)) {
            return StateAnswer.of(
                    Kind.REFUSED,
                    "the cluster has a member " + member + ", whose directory was another one: a member that has lost"
                            + " its disk must not start again under its name, because it has forgotten for whom it"
                            + " voted and what it has acknowledged; expected a name that was not used before");
        }
        if (source.appliedIndex() < last) {
            return StateAnswer.of(
                    Kind.LATER,
                    "this member has the log up to " + source.appliedIndex() + " only; expected " + last + " at least");
        }
        dropOf(member);
        if (states.size() >= STATES_MAX) {
            return StateAnswer.of(Kind.LATER, "this member gives its state to " + STATES_MAX + " others already");
        }
        return StateAnswer.given(String.join("\n", keep(member).lines()).getBytes(UTF_8));
    }

    private StateDescription keep(String member) throws IOException {
        UUID id = UUID.randomUUID();
        Path kept = directory.resolve(id.toString());
        PinnedState state;
        try {
            state = new PinnedState(config, data, source, member, kept, id);
        } catch (IOException e) {
            FileTree.delete(new LocalDisk(), kept);
            throw e;
        }
        states.put(id, state);
        expireLater(id, keptNanos);
        LOG.info(
                "member {} is given the state of this member: {} files, {} bytes, up to {}",
                member,
                state.description().files().size(),
                state.description().bytes(),
                state.description().end());
        return state.description();
    }

    private synchronized @Nullable PinnedState of(String id) {
        return states.get(UUID.fromString(id));
    }

    private StateAnswer read(String[] words) throws IOException {
        PinnedState state = of(words[1]);
        if (state == null) {
            return gone(words[1]);
        }
        ByteBuffer bytes = state.read(
                Digits.toInt(words[2]), Digits.toLong(words[3]), Math.min(READ_BYTES_MAX, Digits.toInt(words[4])));
        ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES + bytes.remaining());
        answer.putInt(Checksum.of(bytes)).put(bytes);
        return StateAnswer.given(answer.array());
    }

    private StateAnswer sum(String[] words) throws IOException {
        PinnedState state = of(words[1]);
        if (state == null) {
            return gone(words[1]);
        }
        int file = Digits.toInt(words[2]);
        long position = Digits.toLong(words[3]);
        int length = Math.min(SUM_BYTES_MAX, Digits.toInt(words[4]));
        CRC32C crc = new CRC32C();
        for (int done = 0; done < length; done += READ_BYTES_MAX) {
            crc.update(state.read(file, position + done, Math.min(READ_BYTES_MAX, length - done)));
        }
        return StateAnswer.given(
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }

    private static StateAnswer gone(String id) {
        return StateAnswer.of(Kind.GONE, "this member keeps no state " + Quoted.of(id) + " any more");
    }

    private StateAnswer done(UUID id) throws IOException {
        drop(id);
        return StateAnswer.given(new byte[0]);
    }

    private synchronized void drop(UUID id) throws IOException {
        PinnedState state = states.remove(id);
        if (state != null) {
            state.drop();
        }
    }

    // ---- what nobody reads any more ----

    /** A member that asks again needs no earlier state. */
    private void dropOf(String member) throws IOException {
        for (Map.Entry<UUID, PinnedState> each : List.copyOf(states.entrySet())) {
            if (each.getValue().receiver().equals(member)) {
                drop(each.getKey());
            }
        }
    }

    private void expireLater(UUID id, long nanos) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(() -> expire(id));
    }

    private void expire(UUID id) {
        PinnedState state = of(id.toString());
        if (state == null) {
            return;
        }
        long leftNanos = keptNanos - state.idleNanos();
        if (leftNanos > 0) {
            expireLater(id, leftNanos);
            return;
        }
        LOG.warn("the files of a state that another member has not read for some time are given up");
        try {
            drop(id);
        } catch (IOException e) {
            LOG.warn("the files of a state cannot be removed: {}", e.getMessage());
        }
    }
}
