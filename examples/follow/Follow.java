import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.StreamListener;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/**
 * Follows a stream of a server from its beginning until it is closed, and prints what is appended. It needs the module
 * {@code streamkeeper-client} and what that depends on; the server is another process.
 *
 * <p>To run, with those jars on the class path:
 *
 * <pre>
 * java -cp … examples/follow/Follow.java http://localhost:4437/v1/stream/ chat/42
 * </pre>
 */
public final class Follow {
    private Follow() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 2) {
            System.err.println("usage: Follow URL PATH, such as http://localhost:4437/v1/stream/ chat/42");
            System.exit(2);
        }
        CountDownLatch ended = new CountDownLatch(1);
        StreamListener printer = new StreamListener() {
            @Override
            public void onData(Batch batch) {
                System.out.println(batch.text());
            }

            @Override
            public void onComplete(String offset) {
                System.out.println("closed at " + offset);
                ended.countDown();
            }

            @Override
            public void onError(Throwable failure) {
                System.err.println(failure.getMessage());
                ended.countDown();
            }
        };
        RemoteStreams.at(URI.create(args[0])).listen(args[1], From.beginning(), printer);
        ended.await();
    }
}
