package io.streamkeeper.server.longrun;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the servers of a {@link Session}, one after the other: to the members of a cluster in turn. Belongs to
 * one thread.
 */
final class Caller implements AutoCloseable {
    private final Session session;
    private final String credentials;
    private @Nullable Wire wire;

    /** Sends requests with the field {@code credentials}, if it is not empty. */
    Caller(Session session, String credentials) {
        this.session = session;
        this.credentials = credentials;
    }

    /** Sends a request about {@code path} below the root of the streams, and takes its answer. */
    Wire.Answer exchange(String method, String path, String body, String... fields) throws IOException, Traffic.Later {
        try {
            Wire open = wire;
            if (open == null) {
                open = connect();
                wire = open;
            }
            open.waitsAtMost(session.servers.answerMillisMax(session.isEnding));
            open.send(Wire.request(method, session.servers.root() + path, body, fields));
            Wire.Answer answer = open.receive(method.equals("HEAD"));
            if (session.servers.isCluster() || answer.field("connection").equalsIgnoreCase("close")) {
                close();
            }
            Traffic.unknownOf(answer);
            Traffic.laterOf(answer);
            return answer;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Wire connect() throws IOException, Traffic.Later {
        try {
            return new Wire(session.servers.next(), credentials);
        } catch (IOException e) {
            if (session.servers.isCluster() && session.isEnding && !session.hasEnded) {
                throw new Traffic.Later("a member cannot be reached");
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException e) {
            // It is not used afterwards.
        }
        wire = null;
    }
}
