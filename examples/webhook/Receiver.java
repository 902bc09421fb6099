import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.http.WebhookReceiver;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.WebhookRejectedException;
import io.streamkeeper.client.subscription.WebhookWake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/**
 * Receives the webhooks of a server, and prints what is new in the streams. It needs the module {@code streamkeeper-client}
 * and what that depends on. To run, with those jars on the class path:
 *
 * <pre>
 * java -cp … examples/webhook/Receiver.java http://localhost:4437/v1/stream/ 4440
 * </pre>
 */
public final class Receiver {
    private final BlockingRemoteStreams streams;
    private final WebhookReceiver webhooks;
    private final CountDownLatch left;

    private Receiver(URI root, int count) {
        RemoteStreams remote = RemoteStreams.at(root);
        this.streams = remote.blocking();
        this.webhooks = remote.webhooks();
        this.left = new CountDownLatch(count);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2) {
            System.err.println("usage: Receiver URL PORT [COUNT], such as http://localhost:4437/v1/stream/ 4440");
            System.exit(2);
        }
        int count = args.length > 2 ? Integer.parseInt(args[2]) : Integer.MAX_VALUE;
        Receiver receiver = new Receiver(URI.create(args[0]), count);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 0);
        server.createContext("/", receiver::receive);
        server.start();
        System.out.println("Receiving at http://127.0.0.1:" + server.getAddress().getPort() + "/");
        receiver.left.await();
        server.stop(1);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try {
            byte[] body = exchange.getRequestBody().readNBytes(WebhookReceiver.BODY_BYTES_MAX + 1);
            WebhookWake wake = webhooks.verify(exchange.getRequestHeaders(), body);
            for (LinkedStream stream : wake.streams()) {
                print(stream);
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, WebhookReceiver.doneBody().length);
            exchange.getResponseBody().write(WebhookReceiver.doneBody());
            left.countDown();
        } catch (WebhookRejectedException e) {
            System.err.println(e.reason() + ": " + e.getMessage());
            exchange.sendResponseHeaders(e.status(), -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    /** What is appended while it prints may come again with the next wake. */
    private void print(LinkedStream stream) throws InterruptedException {
        String offset = stream.ackedOffset();
        Batch batch;
        do {
            batch = streams.read(stream.path(), From.offset(offset));
            System.out.println(stream.path() + " " + batch.text());
            offset = batch.nextOffset();
        } while (!batch.upToDate());
    }
}
