class Settings:
    home_path: str

settings: Settings
