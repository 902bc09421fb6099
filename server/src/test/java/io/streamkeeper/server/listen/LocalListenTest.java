package io.streamkeeper.server.listen;

/** Listeners of the streams of this process. */
class LocalListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return streams();
    }
}
