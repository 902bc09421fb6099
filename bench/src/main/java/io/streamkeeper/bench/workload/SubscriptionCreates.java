package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import java.nio.charset.StandardCharsets;

/** Creates a subscription for each of some streams. */
final class SubscriptionCreates implements Workload {
    private final Target target;
    private final Requests requests;
    private final String webhookUrl;
    private final int streams;
    private int next;

    SubscriptionCreates(Target target, Requests requests, String webhookUrl, int streams) {
        this.target = target;
        this.requests = requests;
        this.webhookUrl = webhookUrl;
        this.streams = streams;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (next == streams) {
            return false;
        }
        String stream = requests.path(next++).substring(target.root().length());
        String body =
                "{\"type\":\"webhook\",\"pattern\":\"" + stream + "\",\"webhook\":{\"url\":\"" + webhookUrl + "\"}}";
        out.writeCharSequence(
                "PUT " + target.root() + "__ds/subscriptions/" + stream + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                StandardCharsets.US_ASCII);
        return true;
    }
}
