package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.DamagedLogException;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.DiskException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the state of any other member, however often that takes. One thread runs it, which blocks; {@link #progress}
 * and {@link #close} are for any thread.
 */
public final class StateFetch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateFetch.class);
    private static final long PAUSE_MILLIS = 1_000;

    /** After so many failures in a row, another member is asked: what was received of the first one is lost then. */
    private static final int FAILURES_MAX = 30;

    private final ClusterConfig config;
    private final boolean isNew;
    private final long last;
    private final Incoming incoming;
    /** Owned by the thread that runs it. */
    private int failures;

    /** How often a member was chosen, by the same thread. */
    private int choices;

    /** By the name of a member, what was logged last. */
    private final Map<String, String> reported = new HashMap<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable StateTransfer transfer;
    private volatile String trouble = "";

    /**
     * Receives a state for a member.
     *
     * @param isNew whether its directory is new, and so its name must be new to the cluster
     * @param last index of an entry that the log of the state must have; 0 for any state
     */
    public StateFetch(ClusterConfig config, boolean isNew, long last) {
        this.config = config;
        this.isNew = isNew;
        this.last = last;
        this.incoming = new Incoming(config);
    }

    /**
     * Returns when a state is ready for {@link StateInstall}.
     *
     * @return false if it was closed before
     * @throws IOException if the other members will never give this one a state
     */
    public boolean run() throws IOException {
        List<Member> others = others();
        try {
            while (!isClosed()) {
                StateTransfer current = transfer;
                boolean goesOn;
                if (current == null) {
                    goesOn = begin(others.get(choices++ % others.size()));
                } else if (receive(current)) {
                    return true;
                } else {
                    goesOn = false;
                }
                if (!goesOn) {
                    pause();
                }
            }
            return false;
        } finally {
            end();
        }
    }

    /** The member of whose state a part is there is first. */
    private List<Member> others() throws IOException {
        List<Member> others = new ArrayList<>(config.members());
        others.removeIf(member -> member.name().equals(config.self()));
        if (others.isEmpty()) {
            throw new IOException("the list of members has no other one than " + config.self()
                    + "; expected those of the cluster too, which have its state");
        }
        String begun = incoming.member();
        others.sort(Comparator.comparing(member -> !member.name().equals(begun)));
        return others;
    }

    private boolean begin(Member member) throws IOException {
        try {
            failures = 0;
            transfer = new StateTransfer(config, member, incoming, isNew, last, this::isClosed);
            trouble = "";
            return true;
        } catch (TransferException e) {
            if (e.kind() == StateAnswer.Kind.REFUSED) {
                throw e;
            }
            report(member, e);
        } catch (IOException e) {
            report(member, e);
        }
        return false;
    }

    /** Goes on with a transfer; whether its state is ready. */
    private boolean receive(StateTransfer current) throws IOException {
        try {
            current.run();
            return true;
        } catch (DiskException e) {
            // Another member would not help.
            report(current.from(), e);
        } catch (DamagedFileException | DamagedLogException e) {
            String name = current.from().name();
            if (isNews(current.from(), e)) {
                LOG.error(
                        "what member {} has given is damaged, and is removed; run the verify command on the data directory"
                                + " of {}: {}",
                        name,
                        name,
                        e.getMessage());
            }
            end();
            incoming.clear();
        } catch (TransferException e) {
            report(current.from(), e);
            if (e.kind() != StateAnswer.Kind.LATER || ++failures > FAILURES_MAX) {
                end();
            }
        } catch (IOException e) {
            report(current.from(), e);
            if (++failures > FAILURES_MAX) {
                end();
            }
        }
        return false;
    }

    /** Logs what is wrong with a member, once while it stays the same. */
    private void report(Member member, IOException problem) {
        if (isNews(member, problem)) {
            LOG.warn("the state of the cluster is not received yet: {}", trouble);
        }
    }

    private boolean isNews(Member member, IOException problem) {
        trouble = String.valueOf(problem.getMessage());
        return !trouble.equals(reported.put(member.name(), trouble)) && !isClosed();
    }

    private void end() {
        StateTransfer ended = transfer;
        transfer = null;
        if (ended != null) {
            ended.close();
        }
    }

    private void pause() {
        try {
            if (closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("the transfer of a state was given up");
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** How far it is. */
    public String progress() {
        StateTransfer current = transfer;
        String text = current == null ? "it asks the other members for their state" : current.progress();
        return trouble.isEmpty() ? text : text + "; " + trouble;
    }

    /** Gives up: {@link #run} returns soon. */
    @Override
    public void close() {
        closed.countDown();
    }
}
