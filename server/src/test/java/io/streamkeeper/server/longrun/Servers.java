package io.streamkeeper.server.longrun;

import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** What clients use from one start to its end: one server, or the members of a cluster. Safe for use by any thread. */
final class Servers {
    /** No answer takes longer; where members are stopped, not to answer is what a client sees of it. */
    private static final int ANSWER_MILLIS_MAX = 60_000;

    private static final int ANSWER_OF_MEMBER_MILLIS_MAX = 12_000;

    private final List<URI> members;
    private final AtomicInteger turns = new AtomicInteger();

    private Servers(List<URI> members) {
        this.members = members;
    }

    /** One server, which ends once: a connection that ends before is its fault. */
    static Servers of(URI server) {
        return new Servers(List.of(server));
    }

    /** Members of a cluster, each of which may be lost and come back while clients use it. */
    static Servers ofCluster(List<URI> members) {
        return new Servers(List.copyOf(members));
    }

    boolean isCluster() {
        return members.size() > 1;
    }

    /** The address of each of them. */
    List<URI> members() {
        return members;
    }

    /** The address of any of them. */
    URI any(Random random) {
        return members.get(isCluster() ? random.nextInt(members.size()) : 0);
    }

    /** The address of another one each time. */
    URI next() {
        return members.get(Math.floorMod(turns.getAndIncrement(), members.size()));
    }

    /** Where the streams are at each of them. */
    String root() {
        return members.get(0).getPath();
    }

    /** How long a client waits for an answer. */
    int answerMillisMax(boolean mayEnd) {
        return isCluster() && mayEnd ? ANSWER_OF_MEMBER_MILLIS_MAX : ANSWER_MILLIS_MAX;
    }
}
