package io.streamkeeper.server.listen;

/** Listeners of a server, by events where they can be. */
class RemoteListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor());
    }
}
