//! The people of a shop: one of each role, signed in, and their gRPC clients.

use proto::{
    access::{
        CreateSessionRequest, CreateUserRequest, RedeemSetupTokenRequest, Role, User,
        api_key_service_client::ApiKeyServiceClient, session_service_client::SessionServiceClient,
        user_service_client::UserServiceClient,
    },
    catalog::{
        category_service_client::CategoryServiceClient, change_service_client::ChangeServiceClient,
        product_service_client::ProductServiceClient, shop_service_client::ShopServiceClient,
        variant_service_client::VariantServiceClient,
    },
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};

/// Everybody's password.
pub const PASSWORD: &str = "nine enamel mugs";

/// The way of somebody's calls: a channel that adds a token.
pub type Way = InterceptedService<Channel, Token>;

/// A bearer token, or none.
#[derive(Clone, Debug, Default)]
pub struct Token(Option<MetadataValue<Ascii>>);

impl Token {
    /// The token of a session.
    pub fn bearer(token: &str) -> Self {
        Self(Some(MetadataValue::try_from(format!("Bearer {token}")).expect("a token is ASCII")))
    }
}

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// Somebody who calls the catalog-service.
#[derive(Clone, Debug)]
pub struct Person {
    channel: Channel,
    token: String,
}

impl Person {
    /// Anyone, without credentials.
    pub fn anyone(channel: Channel) -> Self {
        Self { channel, token: String::new() }
    }

    /// Somebody with a token.
    pub fn with_token(channel: Channel, token: impl Into<String>) -> Self {
        Self { channel, token: token.into() }
    }

    /// The token; empty for anyone.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The way of this person's calls.
    pub fn way(&self) -> Way {
        let token =
            if self.token.is_empty() { Token::default() } else { Token::bearer(&self.token) };
        InterceptedService::new(self.channel.clone(), token)
    }

    /// Their products.
    pub fn products(&self) -> ProductServiceClient<Way> {
        ProductServiceClient::new(self.way()).max_decoding_message_size(8 << 20)
    }

    /// Their variants.
    pub fn variants(&self) -> VariantServiceClient<Way> {
        VariantServiceClient::new(self.way())
    }

    /// Their categories.
    pub fn categories(&self) -> CategoryServiceClient<Way> {
        CategoryServiceClient::new(self.way())
    }

    /// Their feed of changes.
    pub fn changes(&self) -> ChangeServiceClient<Way> {
        ChangeServiceClient::new(self.way())
    }

    /// Their shop.
    pub fn shop(&self) -> ShopServiceClient<Way> {
        ShopServiceClient::new(self.way())
    }

    /// Their users.
    pub fn users(&self) -> UserServiceClient<Way> {
        UserServiceClient::new(self.way())
    }

    /// Their sessions.
    pub fn sessions(&self) -> SessionServiceClient<Way> {
        SessionServiceClient::new(self.way())
    }

    /// Their API keys.
    pub fn api_keys(&self) -> ApiKeyServiceClient<Way> {
        ApiKeyServiceClient::new(self.way())
    }

    /// Signs in and answers who is signed in.
    ///
    /// # Errors
    /// As the service answers.
    pub async fn sign_in(&self, login: &str) -> Result<Self, Status> {
        let request = CreateSessionRequest { login: login.into(), password: PASSWORD.into() };
        let session = self.sessions().create_session(request).await?.into_inner();
        assert!(session.token.len() >= 32, "a session's token is long");
        Ok(Self::with_token(self.channel.clone(), session.token))
    }
}

/// One of each role.
#[derive(Clone, Debug)]
pub struct People {
    /// Without credentials.
    pub anyone: Person,
    /// Reads everything.
    pub viewer: Person,
    /// Writes the catalog.
    pub editor: Person,
    /// Manages users.
    pub admin: Person,
}

impl People {
    /// Nobody has an account yet: all of them are anyone.
    pub fn strangers(channel: Channel) -> Self {
        let anyone = Person::anyone(channel);
        let [viewer, editor, admin] = [anyone.clone(), anyone.clone(), anyone.clone()];
        Self { anyone, viewer, editor, admin }
    }

    /// Creates the first account with the one-time token, the others with it, and signs them in.
    ///
    /// # Errors
    /// As the service answers.
    pub async fn settle(channel: Channel, setup_token: &str) -> Result<Self, Status> {
        let anyone = Person::anyone(channel);
        let first = RedeemSetupTokenRequest {
            token: setup_token.into(),
            login: "ada@shelf.example".into(),
            password: PASSWORD.into(),
            display_name: "Ada".into(),
            ..RedeemSetupTokenRequest::default()
        };
        anyone.users().redeem_setup_token(first).await?;
        let admin = anyone.sign_in("ada@shelf.example").await?;
        let editor = admin.invite("grace", "Grace", Role::Editor).await?;
        let viewer = admin.invite("linus", "Linus", Role::Viewer).await?;
        Ok(Self { anyone, viewer, editor, admin })
    }

    /// The same people with their sessions, over another connection.
    pub fn again(&self, channel: &Channel) -> Self {
        let again = |person: &Person| Person::with_token(channel.clone(), person.token());
        Self {
            anyone: again(&self.anyone),
            viewer: again(&self.viewer),
            editor: again(&self.editor),
            admin: again(&self.admin),
        }
    }
}

impl Person {
    /// Creates a user, whose login is the id at shelf.example, and signs them in.
    ///
    /// # Errors
    /// As the service answers.
    pub async fn invite(&self, id: &str, name: &str, role: Role) -> Result<Self, Status> {
        let login = format!("{id}@shelf.example");
        let user = User {
            login: login.clone(),
            display_name: name.into(),
            role: role.into(),
            ..User::default()
        };
        let request = CreateUserRequest {
            user_id: id.into(),
            user: Some(user),
            password: PASSWORD.into(),
            ..CreateUserRequest::default()
        };
        self.users().create_user(request).await?;
        Self::anyone(self.channel.clone()).sign_in(&login).await
    }
}
