//! Calls whose answer is a stream, or whose messages are one.

use bytes::Bytes;
use tonic::{Status, body::Body};
use transcoder::Rpc;

use super::{
    Head, Messages, Outgoing, Reply, Target, Upload, Upstream, Way, in_time, retry, unary, upload,
};

impl Upstream {
    /// Calls a method with the frame of its one message, or those of all; the answer is read message by message.
    ///
    /// # Errors
    /// The service refuses the call, or is not there.
    pub(crate) async fn stream(
        &self,
        target: Target<'_>,
        outgoing: &Outgoing,
        message: Bytes,
        most: usize,
    ) -> Result<Messages, Status> {
        let path = target.path()?;
        let head = || Head::stamped(path.clone(), outgoing);
        let answer = async {
            match &self.way {
                Way::Here(here) => (here.framed)(head()?.request(message)).await,
                Way::There(instances) => {
                    retry::call(&instances.streams, target.rpc(), head, message).await
                }
            }
        };
        let answer = in_time(outgoing.deadline(), answer).await?;
        Messages::of(answer, most, outgoing.deadline())
    }

    /// Calls a method with the messages of an upload, as they come. The service may answer before the last; whoever gives up the
    /// wait takes the call back.
    ///
    /// # Errors
    /// Whatever the service answers but success, and whatever keeps it from answering.
    pub(crate) async fn upload(
        &self,
        rpc: &Rpc,
        outgoing: &Outgoing,
        messages: Upload,
        most: usize,
    ) -> Result<Reply, Status> {
        let head = Head::stamped(Target::Method(rpc).path()?, outgoing)?;
        let answer = async {
            match &self.way {
                Way::Here(here) => {
                    let request = head.request_of(Body::new(messages));
                    unary::read((here.framed)(request).await?, most).await
                }
                Way::There(instances) => {
                    let (answer, sending) = instances.streams.next()?.begin(head).await?;
                    let answered = async { unary::read(answer.await?, most).await };
                    tokio::select! {
                        answered = answered => answered,
                        never = upload::send(messages, sending) => match never {},
                    }
                }
            }
        };
        in_time(outgoing.deadline(), answer).await
    }
}
